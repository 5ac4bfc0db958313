"""A real mail server: letters over STARTTLS from whoever knows the password. Says its port, then each letter as a line."""

import asyncio
import email
import json
import ssl
import sys
from email import policy

from aiosmtpd.smtp import SMTP, AuthResult


class Letters:
    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=policy.default)
        told = {
            "to": envelope.rcpt_tos,
            "encrypted": session.ssl is not None,
            "from": str(letter["From"]),
            "subject": str(letter["Subject"]),
            "text": letter.get_body(("plain",)).get_content(),
        }
        print(json.dumps(told), flush=True)
        return "250 taken"


def knows(server, session, envelope, mechanism, told):
    # Not handled: the refusal is the server's to say.
    return AuthResult(success=(told.login, told.password) == (b"liuke", b"sesame-open"), handled=False)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
loop = asyncio.new_event_loop()


def post():
    rules = {"require_starttls": True, "auth_required": True, "authenticator": knows}
    return SMTP(Letters(), hostname="localhost", tls_context=context, loop=loop, **rules)


async def serve():
    server = await loop.create_server(post, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


loop.run_until_complete(serve())
