"""Who may ask, and what a browser may do with the answer: the outermost layer of the application."""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "gongkai_token"
PARAMETER = "token"

HEADERS = {
    # Nothing from outside, no script but our own files, no frame around a page.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets in who has the token, by address once and by cookie from then on, and nobody from another site.

    A page of another site can make a browser ask here: the name that it asked by, the origin of what it sends and a
    cookie that other sites do not send along keep it out.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        answer = self._refused(scope, headers)
        await (answer or self.app)(scope, receive, send_guarded)

    def _refused(self, scope: Scope, headers: Headers) -> PlainTextResponse | RedirectResponse | None:
        host = headers.get("host", "")
        if host.rpartition(":")[0] not in {"127.0.0.1", "localhost"}:
            return PlainTextResponse("this address is served to 127.0.0.1 alone\n", 421)
        origin = headers.get("origin")
        if scope["method"] not in {"GET", "HEAD"} and origin != f"http://{host}":
            return PlainTextResponse("a form of another site was refused\n", 403)
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = dict(query).get(PARAMETER)
        if given is not None and self._is_token(given):
            rest = urlencode([(name, value) for name, value in query if name != PARAMETER])
            # Two slashes ahead would be the name of another server.
            path = "/" + str(scope["raw_path"].decode("ascii")).lstrip("/")
            answer = RedirectResponse(path + (f"?{rest}" if rest else ""), 303)
            answer.set_cookie(_cookie(host), self.token, httponly=True, samesite="strict", path="/")
            return answer
        if self._is_token(_cookie_of(headers, _cookie(host))):
            return None
        return PlainTextResponse(
            "the token is missing: open the address that gongkai explore has printed\n"
            "缺少口令：请打开 gongkai explore 打印出来的完整网址\n",
            403,
        )

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())


def _cookie(host: str) -> str:
    """Cookies know no ports: two explorers side by side need two names."""
    return f"{COOKIE}_{host.rpartition(':')[2]}"


def _cookie_of(headers: Headers, name: str) -> str:
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[name].value if name in cookies else ""
