"""Long pages of like items: mail, posts, contacts, meals, flights. Find the item, scroll to it, do what is asked."""

from __future__ import annotations

import re
from itertools import islice

from agentkit.errors import PolicyError
from envs.miniwob.dom import Dom
from envs.miniwob.oracle.moves import Moves, Rule, click, matched, quoted, write

MAIL = "#main .email-thread"


def mail_of(dom: Dom, sender: str) -> int:
    """The number of the first mail by `sender`."""
    senders = [item.text for item in dom.all(f"{MAIL} .email-sender")]
    if sender not in senders:
        raise PolicyError(f"no mail is by {sender!r}, there are mails by {', '.join(senders)}")
    return senders.index(sender)


def delete_mail(dom: Dom, sender: str) -> Moves:
    yield from click(dom, f"{MAIL} .trash", nth=mail_of(dom, sender))


def star_mail(dom: Dom, sender: str) -> Moves:
    yield from click(dom, f"{MAIL} .star", nth=mail_of(dom, sender))


def reply_to(dom: Dom, sender: str, text: str) -> Moves:
    yield from click(dom, f"{MAIL} .email-subject", nth=mail_of(dom, sender))
    yield from click(dom, ".email-reply")
    yield from write(dom, "#reply-text", text)
    yield from click(dom, "#send-reply")


def forward_to(dom: Dom, sender: str, receiver: str) -> Moves:
    yield from click(dom, f"{MAIL} .email-subject", nth=mail_of(dom, sender))
    yield from click(dom, ".email-forward")
    yield from write(dom, ".forward-sender", receiver)
    yield from click(dom, "#send-forward")


def mail(dom: Dom) -> Moves:
    """One of four things with the mail of somebody, as the goal says in fixed words."""
    sender = matched(r"by ([\w-]+)", dom.goal)[1]
    if "trash icon" in dom.goal:
        yield from delete_mail(dom, sender)
    elif "star icon" in dom.goal:
        yield from star_mail(dom, sender)
    elif "reply" in dom.goal:
        yield from reply_to(dom, sender, quoted(dom.goal)[0])
    else:
        yield from forward_to(dom, sender, matched(r"forward that email to ([\w-]+)", dom.goal)[1])


def worded_mail(dom: Dom) -> Moves:
    """The same four things in anybody's words: who is named, what is quoted and a few verbs decide."""
    words = re.findall(r"[A-Z][A-Za-z-]+", dom.goal)
    senders = [item.text for item in dom.all(f"{MAIL} .email-sender")]
    receivers: list[str] = [name for name in dom.read("() => ui_utils.PEOPLE_NAMES") if name in words]
    from_whom = [name for name in receivers if name in senders]
    if len(receivers) > 1:
        to = re.findall(r"\bto ([A-Z][A-Za-z-]+)", dom.goal)
        receiver = next((name for name in [*to, *receivers] if name in receivers and [name] != from_whom), receivers[0])
        yield from forward_to(dom, next(name for name in from_whom if name != receiver), receiver)
    elif quoted(dom.goal):
        yield from reply_to(dom, from_whom[0], quoted(dom.goal)[0])
    elif re.search(r"delet|trash|remov|erase|rid of|discard", dom.goal, re.IGNORECASE):
        yield from delete_mail(dom, from_whom[0])
    else:
        yield from star_mail(dom, from_whom[0])


def social(dom: Dom) -> Moves:
    """As in: For the user @x, click on the "Mute" button. Some buttons are in a menu."""
    user = matched(r"user (@\S+),", dom.goal)[1]
    action = quoted(dom.goal)[0]
    post = [item.text for item in dom.all(".media .username")].index(user)
    scope = f".media[data-result='{post}']"
    if action in ("Reply", "Retweet", "Like"):
        yield from click(dom, f"{scope} .{action.lower()}")
        return
    item = next(item for item in dom.all(f"{scope} ul li") if item.text.startswith(action))
    yield from click(dom, f"{scope} .more")
    yield from click(dom, f"{scope} ul li", item.text)


def social_several(dom: Dom) -> Moves:
    """As in: Click the "Like" button on all posts (on 2 posts) by @x and then click Submit."""
    action, amount, user = matched(r'the "(\w+)" button on (all|\d+) posts? by (@\S+)', dom.goal).groups()
    posts = [i for i, item in enumerate(dom.all(".media .username")) if item.text == user]
    for post in islice(posts, None if amount == "all" else int(amount)):
        yield from click(dom, f".media[data-result='{post}'] .{action.lower()}")
    yield from click(dom, "#submitRow button")


def contact(dom: Dom) -> Moves:
    name, what = matched(r"Find (\S+) in the contact book and click on their (\w+)", dom.goal).groups()
    for _ in range(5):
        if dom.one("#contact .name").text == name:
            break
        yield from click(dom, "#pagination .next a")
    yield from click(dom, f"#contact .{what}")


def order(dom: Dom) -> Moves:
    """Meals by name, or a number of meals of a kind, which may be the same one."""
    names = [item.attributes["data-item"].strip() for item in dom.all(".food-item")]
    by_kind = re.search(r"Order (\d+) items that are (\S+)", dom.goal)
    if by_kind:
        pictures = [len(dom.all(f".food-item[data-id='{i}'] img[alt='{by_kind[2]}']")) for i in range(len(names))]
        wanted = [pictures.index(1)] * int(by_kind[1])
    else:
        said = matched(r"one of each item: (.*)", dom.goal)[1]
        wanted = [i for i, name in enumerate(names) if name in [part.strip() for part in said.split(",")]]
    for i in wanted:
        yield from click(dom, f".food-item[data-id='{i}'] .add")
    yield from click(dom, "#submit-order button")


def ticket(dom: Dom) -> Moves:
    """The cheapest, most expensive, shortest or longest flight of those offered."""
    if "cost" in dom.goal:
        values = [int(matched(r"\$(\d+)", item.text)[1]) for item in dom.all(".buy-ticket")]
    else:
        times = [matched(r"(\d+)h (\d+)m", item.text) for item in dom.all(".flight")]
        values = [60 * int(time[1]) + int(time[2]) for time in times]
    best = min(values) if "cheapest" in dom.goal or "shortest" in dom.goal else max(values)
    yield from click(dom, ".buy-ticket", nth=values.index(best))


RULES: dict[str, Rule] = {
    "email-inbox": mail,
    "email-inbox-noscroll": mail,
    "email-inbox-delete": mail,
    "email-inbox-important": mail,
    "email-inbox-reply": mail,
    "email-inbox-forward": mail,
    "email-inbox-star-reply": mail,
    "email-inbox-nl-turk": worded_mail,
    "email-inbox-forward-nl": worded_mail,
    "email-inbox-forward-nl-turk": worded_mail,
    "social-media": social,
    "social-media-all": social_several,
    "social-media-some": social_several,
    "phone-book": contact,
    "order-food": order,
    "buy-ticket": ticket,
}
