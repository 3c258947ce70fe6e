"""The web application: addresses, languages, errors, and the three shapes of each page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from gongkai.explore.answers import Ask, PageOf, as_csv, as_json, shown_number
from gongkai.explore.builds import Builds
from gongkai.explore.guard import Guard
from gongkai.explore.judging import Judging, Refused
from gongkai.explore.languages import COOKIE, LANGUAGES, code_words, counted, language_of, note_words, unit_words
from gongkai.explore.library import Library
from gongkai.explore.page_pictures import PagePictures
from gongkai.explore.pages.body import body
from gongkai.explore.pages.compare import compare
from gongkai.explore.pages.figure import figure
from gongkai.explore.pages.indicator import indicator, indicators
from gongkai.explore.pages.quality import quality
from gongkai.explore.pages.report import report
from gongkai.explore.pages.search import find
from gongkai.explore.pages.table import download, table
from gongkai.explore.pages.tile_map import tile_map
from ingest.errors import GongkaiError
from ingest.originals import Originals

HERE = Path(__file__).parent

PAGES: Mapping[str, PageOf] = {
    "/find": find,
    "/bodies/{agency_id}": body,
    "/reports/{report_id}": report,
    "/figures/{observation_id}": figure,
    "/indicators": indicators,
    "/indicators/{indicator_code}": indicator,
    "/compare": compare,
    "/map": tile_map,
    "/quality": quality,
    "/table": table,
}
"""Each also answers as `.json` and `.csv`."""


_LONGEST_FORM = 16_384
"""Bytes of a form that are read."""


class _Text(Convertor[str]):
    """A part of an address of a form."""

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _ShapeName(_Text):
    """The end of an address that asks for another shape of the page."""

    regex = "json|csv"


class _PageNumber(_Text):
    """The number of a page of an original."""

    regex = "[0-9]{1,5}"


register_url_convertor("shape", _ShapeName())
register_url_convertor("page", _PageNumber())


@dataclass(frozen=True, slots=True)
class Explorer:
    """What the pages need besides the request."""

    library: Library
    judging: Judging
    builds: Builds
    pictures: PagePictures
    templates: Environment

    def answer(self, page_of: PageOf, request: Request) -> Response:
        """A page in the shape that the address asks for; without a warehouse, what to do about it."""
        asked = self._ask(request)
        if asked is None:
            return self._empty(request)
        page = page_of(asked)
        match _shape(request):
            case "json":
                return as_json(page)
            case "csv":
                return as_csv(page)
            case _:
                return self._html(page.template, request, {"title": page.title, **page.data, **page.view})

    def download(self, request: Request) -> Response:
        """The table of the report builder as a file."""
        asked = self._ask(request)
        return self._empty(request) if asked is None else download(asked, str(request.path_params["kind"]))

    def page_picture(self, request: Request) -> Response:
        """A page of the original as a picture."""
        asked = self._ask(request)
        if asked is None:
            return self._empty(request)
        report = asked.publication.row(
            "select document_id from marts.dim_report where report_id = $report_id",
            {"report_id": asked.path("report_id")},
        )
        page = int(asked.path("page"))
        picture = self.pictures.png(str(report["document_id"]), page) if report else None
        if picture is None:
            raise HTTPException(404, asked.say("没有这一页的图像", "there is no picture of this page"))
        return Response(picture, media_type="image/png")

    def add_verdict(self, request: Request, form: Mapping[str, str]) -> Response:
        """Write a verdict, and go back to the report."""
        asked = self._ask(request)
        if asked is None:
            return self._empty(request)
        report_id = self.judging.add_verdict(asked.publication, form)
        return RedirectResponse(f"/reports/{report_id}#finding-{form['finding_id']}", 303)

    def add_correction(self, request: Request, form: Mapping[str, str]) -> Response:
        """Write a correction, and go back to the figure."""
        asked = self._ask(request)
        if asked is None:
            return self._empty(request)
        return RedirectResponse(f"/figures/{self.judging.add_correction(asked.publication, form)}", 303)

    def build(self, request: Request) -> Response:
        """How the build goes, and the button that begins one."""
        publication = self.library.current()
        waiting = 0 if publication is None else self.judging.waiting(publication)
        return self._html("build.html", request, {"state": self.builds.state, "waiting": waiting})

    def start_build(self, request: Request, form: Mapping[str, str]) -> Response:
        """Begin a build."""
        self.builds.start()
        return RedirectResponse("/build", 303)

    def error(self, request: Request, error: Exception) -> Response:
        """An error as a page: what was wrong, and the way back. Unforeseen ones are told on the terminal as well."""
        status, detail = 500, ""
        if isinstance(error, HTTPException):
            status, detail = error.status_code, error.detail
        elif isinstance(error, Refused):
            status, detail = 400, error.zh if language_of(request) == "zh" else str(error)
        elif isinstance(error, GongkaiError):
            status, detail = 400, str(error)
        return self._told(request, status, detail, "error.html", {"status": status, "detail": detail})

    def _ask(self, request: Request) -> Ask | None:
        publication = self.library.current()
        return None if publication is None else Ask(publication, request, language_of(request), self.pictures)

    def _empty(self, request: Request) -> Response:
        """Without a warehouse that can be read: what to do about it."""
        warehouse, problem = str(self.library.warehouse), self.library.problem()
        advice = problem or f"there is no warehouse at {warehouse} yet; make it with: gongkai run FOLDER"
        values = {"warehouse": warehouse, "problem": problem}
        return self._told(request, 503, advice, "empty.html", values)

    def _told(
        self, request: Request, status: int, detail: str, template: str, values: Mapping[str, object]
    ) -> Response:
        """What went wrong, to a program as it asked, to people as a page."""
        match _shape(request):
            case "json":
                return JSONResponse({"status": status, "error": detail}, status)
            case "csv":
                return PlainTextResponse(f"{detail}\n", status)
            case _:
                return self._html(template, request, values, status)

    def _html(self, template: str, request: Request, values: Mapping[str, object], status: int = 200) -> HTMLResponse:
        """A template with what all of them may use."""
        language = language_of(request)
        words = {
            "t": lambda zh, en: en if language == "en" else zh,
            "code": partial(code_words, language),
            "count_of": partial(counted, language),
            "note": partial(note_words, language),
            "unit_of": partial(unit_words, language),
            "language": language,
            "request": request,
            "same_in": partial(_same_in, request),
            "shape_of": partial(_shape_of, request),
            "publication": self.library.current(),
            "seeds": self.judging.seeds,
            "author": self.judging.author,
        }
        text = self.templates.get_template(template).render({**words, **values})
        response = HTMLResponse(text, status)
        if request.query_params.get("lang") in LANGUAGES:
            response.set_cookie(COOKIE, language, samesite="strict", max_age=31_536_000)
        return response


def application(library: Library, judging: Judging, builds: Builds, token: str) -> Starlette:
    """The application over a warehouse, for whoever has the token."""
    pictures = PagePictures(Originals(library.warehouse.originals))
    explorer = Explorer(library, judging, builds, pictures, _templates())
    routes: list[BaseRoute] = [
        Route("/", lambda request: RedirectResponse("/find", 303)),
        Mount("/static", StaticFiles(directory=HERE / "static")),
        Route("/download.{kind}", explorer.download),
        Route("/reports/{report_id}/pages/{page:page}.png", explorer.page_picture),
        Route("/build", explorer.build),
        Route("/build", _form_to(explorer.start_build), methods=["POST"]),
        Route("/verdicts", _form_to(explorer.add_verdict), methods=["POST"]),
        Route("/corrections", _form_to(explorer.add_correction), methods=["POST"]),
    ]
    for path, page_of in PAGES.items():
        endpoint = _page_to(explorer, page_of)
        routes += [Route(path + ".{shape:shape}", endpoint), Route(path, endpoint)]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, token=token)],
        lifespan=_ending(pictures, builds),
        exception_handlers=dict.fromkeys((HTTPException, GongkaiError, Exception), explorer.error),
    )


def _ending(pictures: PagePictures, builds: Builds) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Nothing to begin with; at the end, the processes that draw and build end too."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        pictures.end()
        builds.end()

    return lifespan


def _page_to(explorer: Explorer, page_of: PageOf) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        return explorer.answer(page_of, request)

    return endpoint


def _form_to(
    answer: Callable[[Request, Mapping[str, str]], Response],
) -> Callable[[Request], Coroutine[object, object, Response]]:
    """An endpoint that reads the form that was sent, up to a length, and answers it aside of the event loop."""

    async def endpoint(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _LONGEST_FORM:
                raise HTTPException(413, "the form is too long; 表单过长")
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
        return await run_in_threadpool(answer, request, form)

    return endpoint


def _templates() -> Environment:
    """Templates that escape whatever they are given, and fail where a name is missing."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    templates.filters["number"] = shown_number
    return templates


def _shape(request: Request) -> str:
    """The shape that an address asks for: json, csv, or nothing for a page."""
    _, _, end = request.url.path.rpartition(".")
    return end if end in ("json", "csv") else ""


def _same_in(request: Request, language: str) -> str:
    """The address of this page in a language."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*query, ('lang', language)])}"


def _shape_of(request: Request, shape: str) -> str:
    """The address of this page as JSON or CSV."""
    query = urlencode([(name, value) for name, value in request.query_params.multi_items() if name != "lang"])
    return f"{request.url.path}.{shape}" + (f"?{query}" if query else "")
