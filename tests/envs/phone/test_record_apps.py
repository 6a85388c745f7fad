"""Broccoli and Pro Expense: their tables are what AndroidWorld's checkers read."""

from __future__ import annotations

import pytest

from envs.phone.apps.expenses import CATEGORIES, Expenses, to_cents
from envs.phone.apps.recipes import Recipes
from envs.phone.device import Phone
from envs.phone.fonts import icon_names
from fingers import press, stored, texts

BROCCOLI = "/data/data/com.flauschcode.broccoli/databases/broccoli"
ACCOUNTING = "/data/data/com.arduia.expense/databases/accounting.db"


@pytest.fixture
def phone() -> Phone:
    phone = Phone([Recipes, Expenses], screen="medium")
    for path, table in ((BROCCOLI, "recipes"), (ACCOUNTING, "expense")):
        phone.files.open_database(path).execute(f"DELETE FROM {table}")  # type: ignore[union-attr]
    return phone


def test_a_recipe_is_added_edited_and_deleted(phone: Phone) -> None:
    phone.launch("Broccoli")
    press(phone, label="New recipe")
    press(phone, label="Save")
    assert phone.toast_text == "Title is required"
    press(phone, id="new_title")
    phone.type_text("Oat soup ")
    press(phone, id="new_servings")
    phone.type_text("2 servings")
    press(phone, label="Save")
    query = "SELECT title, description, servings, preparationTime, favorite FROM recipes"
    assert stored(phone, BROCCOLI, query) == [("Oat soup", "", "2 servings", "", 0)]
    press(phone, text="Oat soup")
    press(phone, label="Add to favorites")
    press(phone, label="More options")
    press(phone, text="Edit")
    press(phone, id="new_preparationTime")
    phone.type_text("5 mins")
    press(phone, label="Save")
    assert stored(phone, BROCCOLI, query) == [("Oat soup", "", "2 servings", "5 mins", 1)]
    press(phone, label="More options")
    press(phone, text="Delete")
    press(phone, text="Cancel")
    assert stored(phone, BROCCOLI, query)
    press(phone, label="More options")
    press(phone, text="Delete")
    press(phone, text="Delete")
    assert stored(phone, BROCCOLI, query) == []


def test_leaving_a_changed_recipe_asks(phone: Phone) -> None:
    phone.launch("Broccoli")
    press(phone, label="New recipe")
    press(phone, id="new_title")
    phone.type_text("Soup")
    press(phone, label="Close")
    assert "Discard your changes?" in texts(phone)
    press(phone, text="Discard")
    assert stored(phone, BROCCOLI, "SELECT * FROM recipes") == []
    assert "All recipes" in texts(phone)


def test_an_expense_is_added_in_cents_edited_and_deleted(phone: Phone) -> None:
    phone.launch("Pro Expense")
    press(phone, label="Add expense")
    press(phone, id="edt_name")
    phone.type_text("Bus ticket")
    press(phone, id="edt_amount")
    phone.type_text("12.5")
    phone.key("BACK")
    press(phone, text="Transportation")
    press(phone, label="Save")
    query = "SELECT name, amount, category, note FROM expense"
    assert stored(phone, ACCOUNTING, query) == [("Bus ticket", 1250, 7, "")]
    [(created, modified)] = stored(phone, ACCOUNTING, "SELECT created_date, modified_date FROM expense")
    assert created == modified > 1_690_000_000_000
    assert {"$12.50", "Spent: $12.50"} <= set(texts(phone))
    press(phone, text="Bus ticket")
    press(phone, text="Edit")
    press(phone, id="edt_note")
    phone.type_text("to the lake")
    press(phone, label="Save")
    assert stored(phone, ACCOUNTING, query) == [("Bus ticket", 1250, 7, "to the lake")]
    press(phone, text="Bus ticket")
    press(phone, text="Delete")
    press(phone, text="Delete")
    assert stored(phone, ACCOUNTING, query) == []


def test_a_fresh_phone_has_some_records_and_clearing_draws_others() -> None:
    phone = Phone([Recipes, Expenses], screen="small", seed=2)
    queries = ((BROCCOLI, "SELECT title, ingredients FROM recipes"), (ACCOUNTING, "SELECT name, amount FROM expense"))
    before = [stored(phone, *query) for query in queries]
    assert all(len(rows) >= 2 for rows in before)
    assert all(row[1] for rows in before for row in rows)
    phone.clear_app(Recipes.package)
    after = [stored(phone, *query) for query in queries]
    assert after[0] != before[0] and after[1] == before[1]


def test_every_category_has_an_icon_that_ships() -> None:
    assert {icon for _, icon in CATEGORIES.values()} <= set(icon_names())


def test_rows_that_others_write_show_at_once(phone: Phone) -> None:
    phone.files.open_database(BROCCOLI).execute("INSERT INTO recipes (title) VALUES ('Pushed')")  # type: ignore[union-attr]
    phone.launch("Broccoli")
    assert "Pushed" in texts(phone)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12", 1200),
        ("12.5", 1250),
        ("0.07", 7),
        ("3.", 300),
        ("0", None),
        ("", None),
        ("-3", None),
        ("1.234", None),
        ("x", None),
    ],
)
def test_amounts(text: str, cents: int | None) -> None:
    assert to_cents(text) == cents
