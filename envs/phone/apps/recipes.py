"""Broccoli (com.flauschcode.broccoli): a recipe book in the table `recipes` that AndroidWorld's checkers read."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Literal

from envs.phone.app import App, Device
from envs.phone.ui import (
    Button,
    Dialog,
    Fab,
    Handler,
    Header,
    Icon,
    IconButton,
    ListItem,
    Menu,
    Screen,
    Text,
    TextField,
    Widget,
)
from envs.phone.words import words

PATH = "/data/data/com.flauschcode.broccoli/databases/broccoli"
SCHEMA = """
CREATE TABLE IF NOT EXISTS recipes (
    recipeId INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, title TEXT, imageName TEXT, description TEXT, servings TEXT,
    preparationTime TEXT, source TEXT, ingredients TEXT, directions TEXT, favorite INTEGER NOT NULL DEFAULT 0);
"""
FIELDS = {
    "title": "Title",
    "description": "Description",
    "servings": "Servings",
    "preparationTime": "Preparation time",
    "source": "Source",
    "ingredients": "Ingredients",
    "directions": "Directions",
}
"""Column -> what the form calls it."""
LONG = ("description", "ingredients", "directions")

Recipe = dict[str, str]
"""The columns of `FIELDS`, with "" for NULL."""


class Recipes(App):
    package = "com.flauschcode.broccoli"
    label = "Broccoli"
    icon = "chef-hat"
    color = (67, 128, 60)

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.stop()

    def stop(self) -> None:
        self.view: Literal["list", "recipe", "form"] = "list"
        self.recipe_id = 0
        """The recipe shown or edited; 0 in the form of a new one."""
        self.form: Recipe = {}
        self.searching = False
        self.query = ""
        self.close()

    def close(self) -> None:
        """Close the menu and the dialog."""
        self.menu_open = False
        self.asking: Literal["", "delete", "discard"] = ""

    def install(self) -> None:
        self.stop()
        if self.device.files.exists(PATH):
            return
        rng = self.device.random
        draw = words(rng)
        for _ in range(rng.randint(2, 5)):
            thing, *others = draw.distinct("thing", 4)
            self.db.execute(
                "INSERT INTO recipes (title, description, servings, preparationTime, source, ingredients, directions, "
                "imageName) VALUES (?, ?, ?, ?, ?, ?, ?, '')",
                (
                    f"{draw.adjective()} {thing} {rng.choice(('soup', 'salad', 'pie', 'stew', 'bake'))}".capitalize(),
                    f"{draw.first_name()}'s favorite for every {draw.topic()}",
                    f"{rng.randint(1, 8)} servings",
                    f"{rng.randrange(5, 120, 5)} mins",
                    draw.full_name(),
                    "\n".join(f"{rng.randint(1, 9)} {other}" for other in (thing, *others)),
                    "\n".join(
                        f"{n}. {verb.capitalize()} the {thing}." for n, verb in enumerate(draw.distinct("verb", 3), 1)
                    ),
                ),
            )

    @property
    def db(self) -> sqlite3.Connection:
        return self.device.files.database(PATH, SCHEMA)

    def back(self) -> bool:
        if self.asking or self.menu_open:
            self.close()
        elif self.view == "form":
            self.leave_form()
        elif self.view == "recipe":
            self.view = "list"
        elif self.searching:
            self.searching, self.query = False, ""
        else:
            return False
        return True

    # Screens

    def screen(self) -> Screen:
        if self.view == "form":
            return self._form()
        recipe = self._read(self.recipe_id) if self.view == "recipe" else None
        return self._list() if recipe is None else self._recipe(recipe)

    def _list(self) -> Screen:
        rows = self.db.execute("SELECT recipeId, title, description, favorite FROM recipes").fetchall()
        needle = self.query.casefold()
        rows = [row for row in rows if needle in f"{row[1]} {row[2]}".casefold()]
        body: list[Widget] = []
        if self.searching:
            body.append(TextField(self.query, self.set_query, hint="Search", autofocus=True, id="search_src_text"))
        for key, title, description, favorite in sorted(rows, key=lambda row: ((row[1] or "").casefold(), row[0])):
            star = Icon("heart", label="Favorite", color="primary") if favorite else None
            show = partial(self.show, key)
            body.append(ListItem(title or "", description or "", trailing=star, on_tap=show, id=f"recipe_{key}"))
        if not rows:
            body.append(Text("No recipes yet", align="center", color="on_surface_variant"))
        return Screen(
            "All recipes",
            body,
            nav="back" if self.searching else "none",
            actions=[] if self.searching else [IconButton("magnify", self.start_search, label="Search", id="search")],
            fab=Fab("plus", self.add, label="New recipe", id="fab"),
            scroll_key="recipes",
        )

    def _recipe(self, recipe: Recipe) -> Screen:
        body: list[Widget] = []
        if recipe["description"]:
            body.append(Text(recipe["description"], color="on_surface_variant"))
        for name in ("servings", "preparationTime", "source"):
            if recipe[name]:
                body.append(Text(f"{FIELDS[name]}: {recipe[name]}", style="label"))
        for name in ("ingredients", "directions"):
            if recipe[name]:
                body += [Header(FIELDS[name]), Text(recipe[name])]
        favorite = self.is_favorite()
        heart = IconButton(
            "heart" if favorite else "heart-outline",
            self.toggle_favorite,
            label="Remove from favorites" if favorite else "Add to favorites",
        )
        items: list[tuple[str, Handler]] = [("Edit", self.edit), ("Delete", partial(self.ask, "delete"))]
        return Screen(
            recipe["title"],
            body,
            name=".RecipeDetailsActivity",
            nav="back",
            actions=[heart, IconButton("dots-vertical", self.open_menu, label="More options", id="more")],
            menu=Menu(items, on_dismiss=self.close) if self.menu_open else None,
            dialog=self._question("Delete this recipe?", "Delete", self.delete) if self.asking == "delete" else None,
            scroll_key=f"recipe {self.recipe_id}",
        )

    def _form(self) -> Screen:
        boxes: list[Widget] = [
            TextField(
                self.form[name], partial(self.set_field, name), hint=hint, multiline=name in LONG, id=f"new_{name}"
            )
            for name, hint in FIELDS.items()
        ]
        discard = self._question("Discard your changes?", "Discard", self.discard)
        return Screen(
            "Edit recipe" if self.recipe_id else "New recipe",
            boxes,
            name=".CreateAndEditRecipeActivity",
            nav="close",
            on_nav=self.leave_form,
            actions=[IconButton("content-save", self.save, label="Save", id="button_save_recipe")],
            dialog=discard if self.asking == "discard" else None,
            scroll_key="form",
        )

    def _question(self, text: str, verb: str, do: Handler) -> Dialog:
        buttons = [Button("Cancel", self.close, id="button2"), Button(verb, do, id="button1")]
        return Dialog(body=[Text(text)], buttons=buttons, on_dismiss=self.close)

    # What taps do

    def _read(self, recipe_id: int) -> Recipe | None:
        row = self.db.execute(f"SELECT {', '.join(FIELDS)} FROM recipes WHERE recipeId = ?", (recipe_id,)).fetchone()  # noqa: S608
        return None if row is None else {name: value or "" for name, value in zip(FIELDS, row, strict=True)}

    def show(self, recipe_id: int) -> None:
        self.view, self.recipe_id = "recipe", recipe_id

    def add(self) -> None:
        self.view, self.recipe_id, self.form = "form", 0, dict.fromkeys(FIELDS, "")

    def edit(self) -> None:
        self.close()
        self.view, self.form = "form", self._read(self.recipe_id) or dict.fromkeys(FIELDS, "")

    def save(self) -> None:
        """Store the form, trimmed; a recipe needs a title."""
        values = [self.form[name].strip() for name in FIELDS]
        if not values[0]:
            return self.device.toast("Title is required")
        if self.recipe_id:
            columns = ", ".join(f"{name} = ?" for name in FIELDS)
            self.db.execute(f"UPDATE recipes SET {columns} WHERE recipeId = ?", (*values, self.recipe_id))  # noqa: S608
            self.view = "recipe"
        else:
            columns, marks = ", ".join(FIELDS), ", ".join("?" * len(FIELDS))
            self.db.execute(f"INSERT INTO recipes ({columns}, imageName) VALUES ({marks}, '')", values)  # noqa: S608
            self.view = "list"

    def leave_form(self) -> None:
        """Ask before changes are lost."""
        before = self._read(self.recipe_id) or dict.fromkeys(FIELDS, "")
        if self.form == before:
            self.discard()
        else:
            self.asking = "discard"

    def discard(self) -> None:
        self.close()
        self.view = "recipe" if self.recipe_id else "list"

    def delete(self) -> None:
        self.close()
        self.db.execute("DELETE FROM recipes WHERE recipeId = ?", (self.recipe_id,))
        self.view = "list"

    def is_favorite(self) -> bool:
        row = self.db.execute("SELECT favorite FROM recipes WHERE recipeId = ?", (self.recipe_id,)).fetchone()
        return bool(row and row[0])

    def toggle_favorite(self) -> None:
        self.db.execute("UPDATE recipes SET favorite = 1 - favorite WHERE recipeId = ?", (self.recipe_id,))

    def ask(self, what: Literal["delete"]) -> None:
        self.close()
        self.asking = what

    def open_menu(self) -> None:
        self.menu_open = True

    def start_search(self) -> None:
        self.searching = True

    def set_query(self, text: str) -> None:
        self.query = text

    def set_field(self, name: str, text: str) -> None:
        self.form[name] = text
