"""Takes mail as others would, over TLS and with a password, and reads it with Python's own library:
`KEYS FIXTURE SENDER`."""

import asyncio
import collections
import email
import email.policy
import json
import pathlib
import queue
import secrets
import ssl
import subprocess
import sys
import tempfile
import threading

from aiosmtpd.smtp import SMTP, AuthResult

PASSWORD = secrets.token_urlsafe(24)
PATIENCE = 60
# More often than a refusal for good would be tried.
PUT_OFF = 3


class Mails:
    """What came, and over what."""

    def __init__(self):
        self.queue = queue.Queue()
        self.asked = collections.Counter()

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Two readers of whom this server does not take everything."""
        self.asked[address] += 1
        if address == "gone@example.com":
            return "550 5.1.1 there is no such mailbox"
        if address == "busy@example.com" and self.asked[address] <= PUT_OFF:
            return "451 4.2.1 later"
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server, session, envelope):
        self.queue.put((session, envelope))
        return "250 kept"


def authenticate(_server, _session, _envelope, _mechanism, data):
    known = (data.login, data.password) == (b"jwtrail", PASSWORD.encode())
    return AuthResult(success=known, handled=False)


def listen(keys, mails):
    """The ports of three servers: one in TLS, one with STARTTLS, one that knows neither."""

    def context():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(keys / "redis.crt", keys / "redis.key")
        return context

    loop = asyncio.new_event_loop()
    demanding = {"authenticator": authenticate, "auth_required": True}

    def port(tls=None, **settings):
        talk = lambda: SMTP(mails, hostname="localhost", loop=loop, **settings)
        server = loop.create_server(talk, "127.0.0.1", 0, ssl=tls)
        return str(loop.run_until_complete(server).sockets[0].getsockname()[1])

    ports = [
        # What is wrapped in TLS looks to it like a plain connection.
        port(tls=context(), auth_require_tls=False, **demanding),
        port(tls_context=context(), require_starttls=True, **demanding),
        port(),
    ]
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return ports


class Tap:
    def __init__(self):
        self.number, self.failed = 0, 0

    def check(self, what, holds, told=""):
        self.number += 1
        self.failed += not holds
        print(f"{'ok' if holds else 'not ok'} {self.number} - {what}")
        if not holds:
            print(f"# {told!r}")


def main():
    keys, fixture, sender = (pathlib.Path(path) for path in sys.argv[1:])
    mails, tap = Mails(), Tap()
    ports = listen(keys, mails)
    with tempfile.TemporaryDirectory() as directory:
        command = [sender, keys / "redis.crt", fixture, f"{directory}/data", PASSWORD, *ports]
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        child.stdout.readline()
        received = [mails.queue.get(timeout=PATIENCE) for _ in range(6)]
        of_readers = [one for one in received if one[1].mail_from == "readers@example.com"]
        check_mails(tap, [one for one in received if one not in of_readers])
        outputs = health(child)
        check_outputs(tap, outputs)
        check_readers(tap, of_readers, mails.asked, outputs["readers"])
        child.stdin.close()
        tap.check("the sender ends well", child.wait(PATIENCE) == 0)
    tap.check("no other server got a mail", mails.queue.empty())
    print(f"1..{tap.number}")
    print(f"# pass {tap.number - tap.failed}")
    print(f"# fail {tap.failed}")
    sys.exit(tap.failed > 0)


def health(child):
    """What the monitor says once every output has either sent its mail or failed to."""
    for _ in range(100_000):
        child.stdin.write("\n")
        child.stdin.flush()
        outputs = json.loads(child.stdout.readline())["outputs"]
        outputs = {output["name"]: output for output in outputs}
        ended = (o["queued"] == 0 or o["last_error"] is not None for o in outputs.values())
        # What was put off has come by now.
        if all(ended) and outputs["readers"]["queued"] == 0:
            return outputs
    raise SystemExit("the outputs did not come to an end")


def check_readers(tap, received, asked, output):
    """One reader is unknown to the server, one has to wait."""
    came = sorted(envelope.rcpt_tos for _, envelope in received)
    tap.check("readers: who can be reached is", came == [["busy@example.com"], ["ops@example.com"]], came)
    tap.check("readers: who is unknown is asked for once", asked["gone@example.com"] == 1, asked)
    tap.check("readers: who has to wait is asked for again", asked["busy@example.com"] == PUT_OFF + 1, asked)
    failed = {one["reader"]: (one["failed"], one["last_error"]) for one in output["readers"]}
    expected = {
        "ops@example.com": (0, None),
        "gone@example.com": (1, "the mail server answered with 550"),
        "busy@example.com": (0, None),
    }
    tap.check("readers: the monitor says whom it does not reach", failed == expected, failed)


def check_mails(tap, received):
    names = collections.defaultdict(list)
    for session, envelope in received:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        name = mail["From"].addresses[0].username
        tap.check(f"{name}: over TLS", session.ssl is not None or name == "tls")
        tap.check(f"{name}: with the password", session.authenticated)
        readers = ["ops@example.com", "night@example.com"]
        names[name].extend(envelope.rcpt_tos)
        to = [address.addr_spec for address in mail["To"].addresses]
        tap.check(f"{name}: it says to whom", to == readers, to)
        writer = mail["From"].addresses[0].display_name
        tap.check(f"{name}: a name that is not ASCII", writer == "jwtrail \u2603", writer)
        subject = mail["Subject"]
        tap.check(f"{name}: the subject", subject.startswith("[high] "), subject)
        text = mail.get_content()
        tap.check(f"{name}: the text", "Rule      refresh-reused" in text, text)
        defects = [defect for part in mail.walk() for defect in part.defects]
        defects += [defect for header in mail.values() for defect in header.defects]
        tap.check(f"{name}: nothing is wrong with its form", not defects, defects)
        identity = mail["Message-ID"]
        tap.check(f"{name}: an id", identity.endswith(".raised@example.com>"), identity)
        tap.check(f"{name}: a date", mail["Date"].datetime.year == 2026, mail["Date"])
    for name in ("tls", "starttls"):
        came = sorted(names[name])
        tap.check(f"{name}: to each reader once", came == sorted(readers), came)
    tap.check("by both ways", set(names) == {"tls", "starttls"}, names)


def check_outputs(tap, outputs):
    for name in ("tls", "starttls"):
        output = outputs[name]
        tap.check(f"{name}: delivered", (output["queued"], output["failed"]) == (0, 0), output)
    for name, says in (
        ("wrong-password", "535"),
        ("untrusted", "certificate"),
        ("no-starttls", ""),
    ):
        output = outputs[name]
        tap.check(f"{name}: it waits", (output["queued"], output["failed"]) == (2, 0), output)
        tap.check(f"{name}: it says why", says in output["last_error"], output)
        tap.check(f"{name}: the password stays secret", PASSWORD not in json.dumps(output))


if __name__ == "__main__":
    main()
