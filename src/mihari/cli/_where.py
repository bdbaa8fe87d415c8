"""`mihari where`: where is it, in which frame, how old is that knowledge and how good."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from mihari.cli._options import AsJson, AsOf, At, Catalogues, FrameName, Mode, Satcats, StoreFolder

__all__ = ["where"]


def where(
    name: Annotated[str, Parameter(help="Catalogue number, international designator or name: 25544, 1998-067A, ISS.")],
    *,
    at: At = None,
    as_of: AsOf = None,
    frame: Annotated[FrameName, Parameter(help="Frame of position and velocity. Default: GCRF.")] = FrameName.GCRF,
    catalogue: Catalogues = (),
    satcat: Satcats = (),
    store: StoreFolder = None,
    mode: Mode = None,
    as_json: AsJson = False,
) -> None:
    """Say where one object is, how old that knowledge is and how well it is known."""
    from mihari.app.export import where_document
    from mihari.astro.states import Frame
    from mihari.cli._open import data_mode, node_for
    from mihari.cli._show import print_json, print_where

    node = node_for(catalogue=catalogue, satcat=satcat, store=store)
    answer = node.where(name, at=at, as_of=as_of, frame=Frame(frame.value), mode=data_mode(mode))
    document = where_document(answer.picture, as_of_tai_ns=answer.as_of_tai_ns, moment_reason=answer.moment.reason)
    if as_json:
        print_json(document)
    else:
        print_where(document)
