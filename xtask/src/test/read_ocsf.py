"""Checks events against the release of OCSF that they name: `EVENTS LEAST`."""

import copy
import json
import pathlib
import sys

import jsonschema
import ocsf_json_schema

RELEASES = pathlib.Path(ocsf_json_schema.__file__).parent / "ocsf"


class Schemas:
    """The validators by class and profiles."""

    def __init__(self):
        self.release = None
        self.validators = {}

    def errors(self, event):
        version = event["metadata"]["version"]
        if self.release is None:
            export = json.loads((RELEASES / f"{version}.json").read_text())
            self.release = ocsf_json_schema.OcsfJsonSchemaEmbedded(export)
            self.version = version
        assert version == self.version, "one release in a file"
        key = (event["class_uid"], tuple(event["metadata"]["profiles"]))
        if key not in self.validators:
            name = self.release.lookup_class_name_from_uid(key[0])
            schema = self.release.get_class_schema(name, list(key[1]))
            self.validators[key] = jsonschema.Draft202012Validator(schema)
        found = self.validators[key].iter_errors(event)
        return [f"{list(error.path)}: {error.message}" for error in found]


def spoilt(event):
    """Each of these has to be found."""
    for path, value in [
        (("no_such_field",), 1),
        (("time",), "noon"),
        (("metadata", "uid"), 7),
        (("severity_id",), 42),
        (("type_uid",), 1),
    ]:
        wrong = copy.deepcopy(event)
        within = wrong
        for name in path[:-1]:
            within = within[name]
        within[path[-1]] = value
        yield path, wrong
    without = copy.deepcopy(event)
    del without["metadata"]
    without["metadata"] = {"version": event["metadata"]["version"], "profiles": event["metadata"]["profiles"]}
    yield ("metadata", "product"), without


def main():
    lines = pathlib.Path(sys.argv[1]).read_text().splitlines()
    schemas = Schemas()
    failed = 0
    number = 0
    for number, line in enumerate(lines, 1):
        event = json.loads(line)
        name = f"OCSF has {event['metadata']['event_code']}"
        errors = schemas.errors(event)
        missed = [path for path, wrong in spoilt(event) if not schemas.errors(wrong)]
        if errors or missed:
            failed += 1
            print(f"not ok {number} - {name}: {errors}, not found: {missed}")
        else:
            print(f"ok {number} - {name}")
    print(f"# pass {number - failed}")
    print(f"# fail {failed}")
    return 1 if failed or number < int(sys.argv[2]) else 0


if __name__ == "__main__":
    sys.exit(main())
