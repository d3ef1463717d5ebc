"""The untrusted side: defines the program, and calls its functions when asked. Nothing here is relied upon."""

import os
import sys


def serve(source, inbox, outbox):
    space = {"__name__": "candidate", "__builtins__": __builtins__}
    kept = []

    def keep(value):
        kept.append(value)
        return len(kept) - 1

    def attempt(action):
        try:
            return {"value": encode(action(), keep)}
        except MemoryError:
            return {"raise": "MemoryError"}
        except BaseException as error:
            return {"raise": type(error).__name__}

    def load():
        exec(compile(source, "candidate.py", "exec", dont_inherit=True), space)

    def refer(number, _):
        return kept[number]

    def function(name):
        if isinstance(name, int):
            return kept[name]
        if name not in space:
            raise NameError(name)
        return space[name]

    send(outbox, attempt(load))
    while True:
        try:
            request = receive(inbox)
        except Ended:
            os._exit(0)
        before = request["arguments"]
        arguments = [decode(item, refer) for item in before]
        keywords = {key: decode(item, refer) for key, item in request["keywords"].items()}
        attribute = request.get("attribute")
        if request.get("iterate"):
            reply = attempt(lambda: list(function(request["name"])))
        elif attribute is not None and arguments:
            reply = attempt(lambda: setattr(function(request["name"]), attribute, arguments[0]))
        elif attribute is not None:
            reply = attempt(lambda: getattr(function(request["name"]), attribute))
        else:
            reply = attempt(lambda: function(request["name"])(*arguments, **keywords))
        reply["token"] = request["token"]
        try:
            # Objects that cannot be sent raise Unsendable: such arguments are left as they were.
            after = [encode(item) for item in arguments]
            if after != before:
                reply["arguments"] = after
        except BaseException:
            pass
        sys.stdout.flush()
        send(outbox, reply)
