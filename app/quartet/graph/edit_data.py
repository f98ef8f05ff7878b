"""The Edits themselves: plain data, which a journal can keep and another program can send."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializeAsAny,
    TypeAdapter,
    ValidationError,
    field_serializer,
    model_validator,
)

from quartet.graph.model import JSON, Agent, AgentId, Edge, Frame, Note, Point, Section
from quartet.graph.writing import stated

Drawn = Agent | Edge | Frame | Note
CLASSES: dict[str, type[Agent] | type[Edge] | type[Frame] | type[Note]] = {
    "agents": Agent,
    "edges": Edge,
    "frames": Frame,
    "notes": Note,
}


class EditError(ValueError):
    """An Edit does not fit the graph; the graph is as it was before."""


class _Edit(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_post_init(self, _: Any) -> None:
        # the tag tells an Edit's class, so it is never left out with what was not stated
        self.__pydantic_fields_set__.add("do")

    @classmethod
    def of_known(cls, **values: Any) -> Self:
        """An Edit of values that came out of a graph: they were looked at when they came into it. All fields are given.

        What undoes the removal of ten thousand agents is made in a third of the time.
        """
        made = cls.__new__(cls)
        put = object.__setattr__
        put(made, "__dict__", values)
        put(made, "__pydantic_fields_set__", {*values})
        put(made, "__pydantic_extra__", None)
        put(made, "__pydantic_private__", None)
        return made

    def as_json(self) -> dict[str, JSON]:
        """The Edit as JSON data, what was stated of it; `from_json` reads it again."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class Add(_Edit):
    """Add one item to its section, at `index` in the section's order (None: at the end), an agent also `at` a point."""

    do: Literal["add"] = "add"
    section: Section
    item: SerializeAsAny[Drawn]
    index: int | None = None
    at: Point | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_item(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("item"), dict):
            model = CLASSES.get(str(data.get("section")))
            if model is not None:
                return {**data, "item": model.model_validate(data["item"])}
        return data

    @model_validator(mode="after")
    def _item_fits(self) -> Add:
        if not isinstance(self.item, CLASSES[self.section]):
            raise ValueError(f"not an item of the section {self.section}")
        if not self.item.id:
            raise ValueError("an item needs an id")
        if self.at is not None and self.section != "agents":
            raise ValueError("only agents stand at a point of the layout")
        return self

    @field_serializer("item")
    def _item_as_stated(self, item: Drawn) -> JSON:
        invalid = getattr(item, "invalid", None)
        if not invalid:
            return stated(item)
        understood = stated(item.model_copy(update={"invalid": None}))
        return {**understood, "invalid": {name: field.model_dump() for name, field in invalid.items()}}


class Remove(_Edit):
    """Remove one item. An agent's edges are removed by Edits of their own, before it (`removal` makes the list)."""

    do: Literal["remove"] = "remove"
    section: Section
    id: str


class Set(_Edit):
    """Replace top-level fields of one item (never its id); None takes an optional field away.

    Fields in `null` are set to a null that is stated: an unknown field of a file may hold one.
    """

    do: Literal["set"] = "set"
    section: Section
    id: str
    values: dict[str, JSON]
    null: tuple[str, ...] = ()

    @field_serializer("values")
    def _as_data(self, values: dict[str, JSON]) -> JSON:
        return _plain(values)


class Move(_Edit):
    """Put agents at points; None takes an agent's position away, so that it is laid out anew."""

    do: Literal["move"] = "move"
    to: dict[AgentId, Point | None]


class SetGraph(_Edit):
    """Replace fields of the graph itself: name, description, input, limits, state, or by dotted name entries of
    `extra` and whole sub-graphs (`graphs.ID`, as `quartet.graph.writing.sub_graph_data` gives them).

    None takes a field away; entries of `extra` in `null` are set to a null that is stated.
    """

    do: Literal["set_graph"] = "set_graph"
    values: dict[str, JSON]
    null: tuple[str, ...] = ()

    @field_serializer("values")
    def _as_data(self, values: dict[str, JSON]) -> JSON:
        return _plain(values)


class Within(_Edit):
    """Change one of the sub-graphs, by Edits of its own drawing (which has no sub-graphs in it)."""

    do: Literal["within"] = "within"
    graph: str
    """Its id."""
    edits: tuple[Edit, ...]

    @field_serializer("edits")
    def _as_data(self, edits: tuple[Edit, ...]) -> JSON:
        return [edit.as_json() for edit in edits]


Edit = Annotated[Add | Remove | Set | Move | SetGraph | Within, Field(discriminator="do")]
Within.model_rebuild()
_edits: TypeAdapter[list[Edit]] = TypeAdapter(list[Edit])


def _plain(value: Any) -> JSON:
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True, exclude_unset=True)
    if isinstance(value, dict):
        return {key: _plain(child) for key, child in value.items()}
    return [_plain(child) for child in value] if isinstance(value, list | tuple) else value


def reason(error: ValidationError) -> str:
    """The first reason why pydantic refused something, with its place."""
    problem = error.errors()[0]
    return f"{'.'.join(map(str, problem['loc']))}: {problem['msg'].removeprefix('Value error, ')}"


def from_json(data: JSON) -> list[Edit]:
    """The Edits that JSON data describe (`Edit.as_json` of each).

    Raises:
        EditError: the data describe none, or hold fields that no Edit has.
    """
    try:
        return _edits.validate_python(data)
    except ValidationError as error:
        raise EditError(f"these are no edits: {reason(error)}") from error
