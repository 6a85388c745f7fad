"""How a person would ask for an element: by what it shows, by its icon, by what it does."""

from __future__ import annotations

ICONS: dict[str, tuple[str, ...]] = {
    "arrow-left": ("the back arrow", "the arrow pointing left"),
    "arrow-right": ("the arrow pointing right",),
    "menu-left": ("the triangle at the bottom", "the back triangle"),
    "circle": ("the circle at the bottom", "the round home button"),
    "square": ("the square at the bottom", "the square overview button"),
    "magnify": ("the search icon", "the magnifying glass"),
    "dots-vertical": ("the three dots", "the overflow menu icon"),
    "menu": ("the hamburger menu", "the three lines"),
    "plus": ("the plus icon", "the plus sign"),
    "close": ("the cross", "the x icon"),
    "close-circle-outline": ("the cross in a circle",),
    "check": ("the check mark", "the tick"),
    "delete": ("the trash can", "the bin icon"),
    "pencil": ("the pencil", "the edit icon"),
    "content-save": ("the floppy disk", "the save icon"),
    "content-copy": ("the copy icon", "the two sheets icon"),
    "share-variant": ("the share icon",),
    "star": ("the filled star", "the star icon"),
    "star-outline": ("the star outline", "the hollow star"),
    "heart": ("the heart",),
    "sort": ("the sort icon",),
    "eye": ("the eye icon",),
    "send": ("the paper plane", "the send icon"),
    "phone": ("the handset icon", "the phone icon"),
    "message-text": ("the speech bubble icon", "the message icon"),
    "video": ("the video camera icon",),
    "email": ("the envelope", "the mail icon"),
    "play": ("the play icon", "the triangle pointing right"),
    "pause": ("the pause icon", "the two bars"),
    "stop": ("the stop icon",),
    "record": ("the record icon",),
    "refresh": ("the circular arrow",),
    "restore": ("the circular arrow",),
    "timer-outline": ("the stopwatch icon",),
    "timer-sand": ("the hourglass",),
    "alarm": ("the alarm clock icon",),
    "cog": ("the gear icon", "the cogwheel"),
    "wrench-outline": ("the wrench",),
    "camera": ("the camera icon",),
    "microphone": ("the microphone icon",),
    "attachment": ("the paper clip",),
    "paperclip": ("the paper clip",),
    "bell-outline": ("the bell",),
    "home": ("the house icon",),
    "folder": ("the folder icon",),
    "volume-high": ("the loudspeaker icon",),
    "backspace-outline": ("the backspace key", "the delete key of the keyboard"),
    "keyboard-return": ("the enter key",),
}
ICON_TAILS = ("-outline", "-variant", "-circle", "-box", "-text", "-horizontal")

ACTIONS: dict[str, tuple[str, ...]] = {
    "navigate up": ("go back", "return to the previous screen", "leave this screen"),
    "back": ("go back", "return to the previous screen", "use the system's back button"),
    "home": ("go to the home screen", "return to the launcher", "leave the app"),
    "overview": ("show recent apps", "switch to another app", "open the overview"),
    "open menu": ("open the navigation drawer", "show the menu"),
    "more options": ("show more options", "open the options menu", "see other actions"),
    "close": ("close this", "dismiss this screen"),
    "search": ("search for something", "start a search", "find something"),
    "search settings": ("find a setting", "look up a setting"),
    "search contacts": ("find a contact", "look somebody up"),
    "add alarm": ("add a new alarm", "create an alarm", "set another alarm"),
    "add city": ("add a city", "show the time of another city"),
    "add timer": ("add another timer", "create one more timer"),
    "delete timer": ("remove this timer",),
    "create contact": ("add a new contact", "create a contact", "save a new person"),
    "edit contact": ("change this contact", "edit the contact's details"),
    "create a new file or folder": ("create something new", "make a new file or folder"),
    "new conversation": ("start a new chat", "write to somebody new"),
    "start chat": ("start a new chat", "write to somebody new"),
    "send": ("send the message", "send it"),
    "save": ("save the changes", "keep what was entered", "save this"),
    "ok": ("confirm", "accept", "agree"),
    "done": ("finish this", "I am done here"),
    "cancel": ("cancel", "do not do this", "back out"),
    "delete": ("delete this", "throw this away", "remove it"),
    "share": ("share this", "send this to somebody"),
    "edit": ("edit this", "change this"),
    "edit mode": ("edit the text", "switch to editing"),
    "view mode": ("preview the text", "switch to viewing"),
    "call": ("call this number", "make a phone call"),
    "text": ("send a text message", "write a message to this person"),
    "video": ("start a video call",),
    "email": ("write an e-mail",),
    "start": ("start it", "begin"),
    "stop": ("stop it",),
    "pause": ("pause it", "hold it for now"),
    "resume": ("continue it",),
    "reset": ("reset it", "set it back to zero"),
    "lap": ("record a lap", "take a split time"),
    "sort by": ("change the order", "sort the list"),
    "clear all": ("close everything", "remove all of them"),
    "clear": ("empty the field", "remove what was typed"),
    "copy to clipboard": ("copy this",),
    "remove from favorites": ("stop marking this as a favorite",),
    "add to favorites": ("mark this as a favorite",),
    "display brightness": ("change the brightness", "make the screen brighter or darker"),
    "delete last digit": ("remove the last digit",),
}
ACTION_VERBS = frozenset(
    {
        "add", "apply", "call", "clear", "close", "collapse", "copy", "create", "cut", "delete", "discard", "download",
        "edit", "erase", "expand", "export", "find", "import", "install", "join", "make", "move", "open", "paste",
        "pause", "play", "record", "refresh", "remove", "rename", "reset", "restore", "resume", "save", "search",
        "select", "send", "share", "show", "skip", "sort", "start", "stop", "switch", "sync", "take", "undo",
        "uninstall", "update", "view", "write",
    }
)  # fmt: skip

TEXT = ("{n}", "{n}", "tap {n}", "click {n}", "tap on {n}", "select {n}", "press {n}")
ICON_LABEL = ("{n}", "the {n} icon", "the {n} button", "tap {n}", "tap the {n} icon")
BY_ROLE: dict[str, tuple[str, ...]] = {
    "app": ("open {n}", "launch {n}", "start the {n} app", "the {n} app"),
    "list_item": ("open {n}", "go to {n}", "show {n}", "choose {n}"),
    "tab": ("the {n} tab", "go to the {n} tab", "switch to {n}", "show the {n} tab"),
    "menu_item": ("choose {n} from the menu", "the {n} entry of the menu"),
    "chip": ("the {n} chip", "choose {n}", "the chip that says {n}"),
    "input": ("the {n} field", "focus the {n} field", "type into {n}", "fill in {n}"),
    "slider": ("the {n} slider", "adjust {n}", "change {n}"),
    "radio": ("choose {n}", "the {n} option", "pick {n}"),
    "card": ("open {n}", "the {n} card"),
    "button": ("the {n} button", "press the {n} button"),
}
SWITCH_ON = ("turn off {n}", "disable {n}", "switch {n} off", "deactivate {n}")
SWITCH_OFF = ("turn on {n}", "enable {n}", "switch {n} on", "activate {n}")
CHECK_ON = ("uncheck {n}", "deselect {n}", "clear the mark of {n}")
CHECK_OFF = ("check {n}", "tick {n}", "mark {n}")
CONTROL = {"switch": "the {n} switch", "checkbox": "the {n} checkbox", "radio": "the {n} radio button"}
BESIDE = {
    "switch": ("the switch next to {n}", "the toggle beside {n}"),
    "checkbox": ("the checkbox next to {n}", "the box beside {n}"),
    "radio": ("the circle next to {n}",),
    "button": ("the icon next to {n}", "the button beside {n}"),
}
KEY = ("the {n} key", "type {n} on the keyboard", "press {n} on the keyboard")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
ROW = ("the {o} item in the list", "the {o} row", "tap the {o} entry")
LAST_ROW = ("the last visible item in the list", "the bottom row of the list")
BELOW = ("the item below {n}", "the entry right under {n}")
ABOVE = ("the item above {n}", "the entry just above {n}")
TAB_PLACE = ("the {o} tab", "the {o} tab from the left")
LAST_TAB = ("the rightmost tab", "the last tab")
RIGHT_OF = ("the icon to the right of {n}", "what is right of {n}")
LEFT_OF = ("the icon to the left of {n}", "what is left of {n}")
TOP_LEFT = ("the icon in the top left corner", "the top left button")
TOP_RIGHT = ("the icon in the top right corner", "the top right button")
FLOATING = ("the floating button", "the round button at the bottom right")


def icon_phrases(icon: str) -> tuple[str, ...]:
    """How people call the drawing of an icon: "the magnifying glass"; else its name where that is one plain word."""
    if icon in ICONS:
        return ICONS[icon]
    name = icon
    for tail in ICON_TAILS:
        name = name.removesuffix(tail)
    return (f"the {name} icon",) if name.isalpha() else ()


def action_phrases(label: str) -> tuple[str, ...]:
    """What the element with this label does, in other words; its own label when that is a command already."""
    key = label.casefold()
    if key in ACTIONS:
        return ACTIONS[key]
    words = key.split()
    return (label[0].lower() + label[1:],) if len(words) > 1 and words[0] in ACTION_VERBS else ()
