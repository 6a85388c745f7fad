"""Solutions and what they read off the screen, on phones laid out like AndroidWorld's tasks, without AndroidWorld."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from agentkit.errors import EnvError
from envs.androidworld.missing import GIVEN_AWAY, MISSING, remark
from envs.androidworld.solutions import SOLUTIONS
from envs.androidworld.solutions.reading import all_rows, records, rows
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.expenses import PATH as ACCOUNTING
from envs.phone.apps.markor import NOTEBOOK
from envs.phone.apps.recipes import PATH as BROCCOLI
from envs.phone.device import Phone
from envs.phone.env import PhoneEnv
from envs.phone.oracle import Steps
from envs.phone.tasks.base import PhoneTask

BLOCKS = "Recipe: Leek pie\n servings: 2\n directions: Cut: slowly. \n\nRecipe: Oat soup\n servings: 1 serving\n"


class Scene(PhoneTask):
    """A phone as a test wants it."""

    template, app = "", ""

    def setup(self, phone: Phone) -> None:
        self.params["lay"](phone)

    def check(self, phone: Phone, answers: Sequence[str]) -> float:
        return 0.0


def follow(lay: Callable[[Phone], None], way: Callable[[Phone], Steps], screen: str) -> tuple[Phone, int]:
    """The phone after the solution, and the steps that it took."""
    env = PhoneEnv(screen=screen, dark=False)
    env.reset(Scene(0, {"lay": lay}))
    steps = 0
    for action in way(env.phone):
        assert "last_error" not in env.step(action).info
        steps += 1
    return env.phone, steps


def solve(name: str, params: dict, lay: Callable[[Phone], None], screen: str = "medium") -> tuple[Phone, int]:
    task = AndroidWorldTask(f"{name}_0", name, "", "", 99, (), 0, params)
    return follow(lay, lambda phone: SOLUTIONS[name](phone, task), screen)


def fill(path: str, table: str, rows: Sequence[dict]) -> Callable[[Phone], None]:
    def lay(phone: Phone) -> None:
        database = phone.files.open_database(path)
        assert database is not None
        database.execute(f"DELETE FROM {table}")
        for row in rows:
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))

    return lay


def left(phone: Phone, path: str, query: str) -> list[tuple]:
    database = phone.files.open_database(path)
    assert database is not None
    return database.execute(query).fetchall()


def notes(files: dict[str, str]) -> Callable[[Phone], None]:
    def lay(phone: Phone) -> None:
        for name in phone.files.list(NOTEBOOK):
            phone.files.remove(f"{NOTEBOOK}/{name}")
        for name, text in files.items():
            phone.files.write(f"{NOTEBOOK}/{name}", text)

    return lay


def expense(n: int, **other: object) -> dict[str, object]:
    at = 1_696_000_000_000 + n * 3_600_000
    return {
        "name": f"Thing {n}", "amount": 1000 + n, "category": 1 + n % 11, "note": "A need", "created_date": at,
        "modified_date": at, **other,
    }  # fmt: skip


def recipe(title: str, **other: object) -> dict[str, object]:
    return {
        "title": title, "description": "A quick and easy meal.", "servings": "2", "preparationTime": "10 mins",
        "source": "", "ingredients": "varies", "directions": f"Cook {title}.", **other,
    }  # fmt: skip


def test_records_of_both_forms():
    assert records("name|note\nGas|A need\nBooks|\n") == [
        {"name": "Gas", "note": "A need"},
        {"name": "Books", "note": ""},
    ]
    assert records(BLOCKS) == [
        {"title": "Leek pie", "servings": "2", "directions": "Cut: slowly. "},
        {"title": "Oat soup", "servings": "1 serving"},
    ]


@pytest.mark.parametrize("text", ["", "\n", "no record", " servings: 2", "a|b\n1|2|3"])
def test_a_text_of_another_form_is_no_record(text):
    with pytest.raises(EnvError):
        records(text)


@pytest.mark.parametrize("screen", ["small", "medium", "tall", "tablet_small"])
def test_every_row_of_a_long_list_is_read_whole(screen):
    many = [recipe(f"Dish {n:02}", favorite=n % 2) for n in range(40)]
    read: dict[str, tuple[str, ...]] = {}

    def way(phone: Phone) -> Steps:
        yield from oracle.launch("Broccoli")
        read.update((yield from all_rows(phone, "recipe_")))

    phone, _ = follow(fill(BROCCOLI, "recipes", many), way, screen)
    hearts = [("Favorite",) * (n % 2) for n in range(40)]
    assert list(read.values()) == [(f"Dish {n:02}", "A quick and easy meal.", *hearts[n]) for n in range(40)]
    assert set(rows(phone, "recipe_")) < set(read)
    assert rows(phone, "expense_") == {}


@pytest.mark.parametrize("screen", ["medium", "tall"])
def test_of_two_equal_expenses_one_is_deleted(screen):
    many = [expense(n) for n in range(20)]
    many += [{**many[4]}, {**many[9], "amount": 5}, {**many[9], "note": "Urgent", "modified_date": 1_600_000_000_000}]
    phone, steps = solve("ExpenseDeleteDuplicates2", {}, fill(ACCOUNTING, "expense", many), screen)
    assert left(phone, ACCOUNTING, "SELECT count(*), count(DISTINCT name || amount || note) FROM expense") == [(22, 22)]
    assert steps < 18


def test_expenses_that_only_look_alike_are_left_alone():
    many = [expense(1), expense(1, note="Urgent")]
    with pytest.raises(EnvError, match="must have equal details"):
        solve("ExpenseDeleteDuplicates", {}, fill(ACCOUNTING, "expense", many))


@pytest.mark.parametrize("screen", ["medium", "tall"])
def test_of_recipes_that_look_alike_the_one_that_is_equal_is_deleted(screen):
    alike = [recipe("Oat soup", servings=str(n)) for n in range(5)]
    many = [*(recipe(f"Dish {n}") for n in range(15)), *alike, recipe("Dish 3", directions="Fry."), {**alike[2]}]
    phone, _ = solve("RecipeDeleteDuplicateRecipes3", {}, fill(BROCCOLI, "recipes", many), screen)
    servings = "SELECT servings FROM recipes WHERE title = 'Oat soup' ORDER BY servings"
    assert left(phone, BROCCOLI, servings) == [(str(n),) for n in range(5)]
    assert left(phone, BROCCOLI, "SELECT count(*) FROM recipes") == [(21,)]


def test_a_recipe_without_the_ingredient_is_not_deleted():
    many = fill(BROCCOLI, "recipes", [recipe("Oat soup", directions="Boil the Oats."), recipe("Leek pie")])
    params = {"ingredient": "oats", "row_objects": [{"title": "Oat soup"}]}
    phone, _ = solve("RecipeDeleteMultipleRecipesWithConstraint", params, many)
    assert left(phone, BROCCOLI, "SELECT title FROM recipes") == [("Leek pie",)]
    with pytest.raises(EnvError, match="the directions must name 'oats'"):
        solve("RecipeDeleteMultipleRecipesWithConstraint", {**params, "row_objects": [{"title": "Leek pie"}]}, many)


def test_only_the_reimbursable_expenses_of_a_note_are_entered():
    lines = (
        "name|amount_dollars|category_name|note",
        "Gas|$12.5|Transportation|A need. Reimbursable.",
        "Tea|$9|Food|A need",
    )

    def lay(phone: Phone) -> None:
        fill(ACCOUNTING, "expense", [expense(1)])(phone)
        notes({"my_expenses.txt": "\n".join(lines)})(phone)

    phone, _ = solve("ExpenseAddMultipleFromMarkor", {}, lay)
    added = left(phone, ACCOUNTING, "SELECT name, amount, category, note FROM expense WHERE expense_id != 1")
    assert added[-1] == ("Gas", 1250, 7, "A need")
    assert left(phone, ACCOUNTING, "SELECT count(*) FROM expense") == [(2,)]


def test_recipes_of_a_note_are_entered_with_all_their_fields():
    fields = ("title", "description", "servings", "preparationTime", "ingredients", "directions")
    bars = [
        "|".join(fields),
        "Leek pie|Good, quick.|2|10 mins|n/a|Sauté it.",
        "Oat soup|Warm.|1 serving|2 hrs|oats|Boil.",
    ]

    def lay(phone: Phone) -> None:
        fill(BROCCOLI, "recipes", [])(phone)
        notes({"recipes.txt": "\n".join(bars)})(phone)

    phone, _ = solve("RecipeAddMultipleRecipesFromMarkor2", {"prep_time": "10 mins"}, lay)
    [row] = left(phone, BROCCOLI, f"SELECT {', '.join(fields)}, source, favorite FROM recipes")
    assert row == (*bars[1].split("|"), "", 0)


@pytest.mark.parametrize("screen", ["small", "medium", "tall"])
def test_a_note_gets_a_header_and_another_name(screen):
    params = {"original_name": "z_old_note.md", "new_name": "new.txt", "header": "Top"}
    many = {f"note_{n}.md": "x" for n in range(9)}
    phone, _ = solve("MarkorAddNoteHeader", params, notes({**many, "z_old_note.md": "It's 5.\n"}), screen)
    assert phone.files.read_text(f"{NOTEBOOK}/new.txt") == "Top\n\nIt's 5.\n"
    assert sorted(phone.files.list(NOTEBOOK)) == sorted([*many, "new.txt"])


@pytest.mark.parametrize(("name", "text"), [("plain", "a\n\nb"), ("draft.md", "a"), ("list.csv", "a|b")])
def test_a_note_has_the_name_that_was_asked_for(name, text):
    phone, _ = solve("MarkorCreateNote", {"file_name": name, "text": text}, notes({}))
    assert phone.files.list(NOTEBOOK) == [name]
    assert phone.files.read_text(f"{NOTEBOOK}/{name}") == text


@pytest.mark.parametrize(("kind", "text"), [("header", "x\nold words\n"), ("footer", "old words\nx"), ("replace", "x")])
def test_a_note_is_edited_at_both_ends_and_as_a_whole(kind, text):
    params = {"file_name": "a.md", "edit_type": kind, "header": "x", "footer": "x", "replace_text": "x"}
    phone, _ = solve("MarkorEditNote", params, notes({"a.md": "old words\n"}))
    assert phone.files.read_text(f"{NOTEBOOK}/a.md") == text


def test_a_remark_gives_the_reason():
    assert remark("SystemWifiTurnOnVerify").startswith("given away: its start state")
    assert remark("SystemWifiTurnOn") == ""
    assert not set(MISSING) & set(SOLUTIONS)
    assert not set(GIVEN_AWAY) & set(MISSING)
