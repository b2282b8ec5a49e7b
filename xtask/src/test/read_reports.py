"""Reads a scan's report as others would: `DIRECTORY SARIF_SCHEMA_PACKAGE REPORT_SCHEMA`."""

import json
import pathlib
import sys
import tarfile

import jsonschema
import junitparser


def sarif_is_valid(directory, package):
    with tarfile.open(package) as files:
        name = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
        schema = json.load(files.extractfile(name))
    sarif = json.loads((directory / "report.sarif").read_text())
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    errors = [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(sarif)]
    assert not errors, errors
    # The schema does refuse what is wrong.
    sarif["runs"][0]["results"][0]["level"] = "fatal"
    assert list(validator.iter_errors(sarif))


def json_is_as_its_schema_says(directory, schema):
    schema = json.loads(pathlib.Path(schema).read_text())
    report = json.loads((directory / "report.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    errors = [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(report)]
    assert not errors, errors
    del report["grade"]
    assert list(validator.iter_errors(report))


def junit_is_read(directory):
    report = json.loads((directory / "report.json").read_text())
    xml = junitparser.JUnitXml.fromfile(str(directory / "report.xml"))
    cases = [case for suite in xml for case in suite]
    outcomes = [check["outcome"] for check in report["checks"]]
    assert len(cases) == len(outcomes) == xml.tests
    failed = [case for case in cases if any(isinstance(r, junitparser.Failure) for r in case.result)]
    skipped = [case for case in cases if any(isinstance(r, junitparser.Skipped) for r in case.result)]
    assert len(failed) == outcomes.count("failed") == xml.failures
    assert len(skipped) == outcomes.count("not_verified") == xml.skipped
    assert "SIG-03" in failed[0].name
    assert "$TOKEN" in failed[0].result[0].text


def main():
    directory, package, schema = map(pathlib.Path, sys.argv[1:4])
    tests = [
        ("SARIF is valid by its schema", lambda: sarif_is_valid(directory, package)),
        ("the JSON is as its schema says", lambda: json_is_as_its_schema_says(directory, schema)),
        ("a stock parser reads the JUnit", lambda: junit_is_read(directory)),
    ]
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} - {name}")
        except Exception as error:  # each is told, none hides another
            failed += 1
            print(f"not ok {number} - {name}: {error!r}")
    print(f"# pass {len(tests) - failed}")
    print(f"# fail {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
