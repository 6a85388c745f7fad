"""Solutions of the tasks in Broccoli."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Mapping

from agentkit.actions import Action, Type
from agentkit.errors import EnvError
from envs.androidworld.solutions.markor import read_note
from envs.androidworld.solutions.reading import LEAP_UP, PAGE, all_rows, delete_each, go_to, records
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.recipes import Recipes
from envs.phone.device import Phone
from envs.phone.oracle import Steps

ROW = "recipe_"


def _add(phone: Phone, recipe: Mapping[str, str]) -> Steps:
    """Enter in a short field goes on to the next one, so two taps fill four of them."""
    yield from oracle.tap_label(phone, "New recipe")
    yield from oracle.type_into(phone, "new_title", f"{recipe['title']}\n")
    yield Type(recipe["description"])
    yield from oracle.type_into(phone, "new_servings", f"{recipe['servings']}\n")
    yield Type(recipe["preparationTime"])
    yield from oracle.type_into(phone, "new_ingredients", recipe["ingredients"])
    yield from oracle.type_into(phone, "new_directions", recipe["directions"])
    yield from oracle.tap_label(phone, "Save")


def add_given(phone: Phone, task: AndroidWorldTask) -> Steps:
    """What the goal spells out."""
    yield from oracle.launch(Recipes.label)
    for row in task.params["row_objects"]:
        yield from _add(phone, row)


def _add_from_note(phone: Phone, task: AndroidWorldTask) -> Steps:
    """All recipes of the note or, where the goal says so, those that take a certain time."""
    text = yield from read_note(phone, "recipes.txt")
    yield from oracle.launch(Recipes.label)
    for recipe in records(text):
        if recipe["preparationTime"] == task.params.get("prep_time", recipe["preparationTime"]):
            yield from _add(phone, recipe)


def _delete_shown(phone: Phone) -> Steps:
    """Delete the recipe that is open."""
    yield from oracle.choose(phone, "Delete")
    yield from oracle.tap_id(phone, "button1")


def _delete_named(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(Recipes.label)
    titles = [row["title"] for row in task.params["row_objects"]]
    yield from delete_each(phone, titles, lambda: _delete_shown(phone))


def _delete_with_ingredient(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Which titles to open comes from the task's parameters: opening all 32 recipes takes more than the 40 steps of
    the budget. What is opened must name the ingredient."""

    def delete() -> Steps:
        directions = oracle.read_below(phone, "Directions")
        if task.params["ingredient"] not in directions.lower():
            raise EnvError(f"the directions must name {task.params['ingredient']!r}, got {directions!r}")
        yield from _delete_shown(phone)

    yield from oracle.launch(Recipes.label)
    yield from delete_each(phone, [row["title"] for row in task.params["row_objects"]], delete)


def _delete_duplicate(phone: Phone, task: AndroidWorldTask) -> Steps:
    """Open the recipes that look alike in the list, most of a kind first and from below, where its end is in front,
    until one says what another said."""
    yield from oracle.launch(Recipes.label)
    alike: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for id, row in (yield from all_rows(phone, ROW)).items():
        alike[row].append(id)
    for ids in sorted(alike.values(), key=len, reverse=True):
        seen: set[tuple[str, ...]] = set()
        for id in reversed(ids):
            yield from go_to(phone, LEAP_UP, id=id)
            yield from oracle.tap_id(phone, id)
            recipe = yield from _read(phone)
            if recipe in seen:
                yield from _delete_shown(phone)
                return
            seen.add(recipe)
            yield from oracle.back()
    raise EnvError("two recipes of the list must be equal, found none")


def _read(phone: Phone) -> Generator[Action, None, tuple[str, ...]]:
    """All that the open recipe says."""
    said = dict.fromkeys(_texts(phone))
    if any(e.scrollable for e in phone.elements()):
        yield PAGE
        said |= dict.fromkeys(_texts(phone))
    return tuple(said)


def _texts(phone: Phone) -> list[str]:
    return [e.text for e in phone.elements() if e.role in ("title", "text") and e.id != "clock"]


SOLUTIONS = {
    "RecipeAddSingleRecipe": add_given,
    "RecipeAddMultipleRecipes": add_given,
    "RecipeAddMultipleRecipesFromMarkor": _add_from_note,
    "RecipeAddMultipleRecipesFromMarkor2": _add_from_note,
    "RecipeDeleteSingleRecipe": _delete_named,
    "RecipeDeleteSingleWithRecipeWithNoise": _delete_named,
    "RecipeDeleteMultipleRecipes": _delete_named,
    "RecipeDeleteMultipleRecipesWithNoise": _delete_named,
    "RecipeDeleteMultipleRecipesWithConstraint": _delete_with_ingredient,
    "RecipeDeleteDuplicateRecipes": _delete_duplicate,
    "RecipeDeleteDuplicateRecipes2": _delete_duplicate,
    "RecipeDeleteDuplicateRecipes3": _delete_duplicate,
}
