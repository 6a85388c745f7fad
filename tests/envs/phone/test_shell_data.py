"""The apps' data from the shell: content providers and sqlite3."""

import sqlite3

from envs.phone import telephony
from shells import out


def test_content_providers_are_the_apps_databases(shell):
    assert out(shell, "content delete --uri content://sms; content query --uri content://sms") == "No result found.\n"
    out(
        shell,
        "content insert --uri content://sms/inbox --bind address:s:5550100 --bind 'body:s:hi, you' --bind date:l:9",
    )
    assert out(shell, "content query --uri content://sms/inbox --projection address:body:type:person") == (
        "Row: 0 address=5550100, body=hi, you, type=1, person=NULL\n"
    )
    assert out(shell, "content query --uri content://sms/sent") == "No result found.\n"
    out(shell, "content update --uri content://sms --bind read:i:1 --where \"address='5550100'\"")
    assert out(shell, f"sqlite3 {telephony.PATH} 'SELECT read, body FROM sms'") == "1|hi, you\n"
    assert "Could not find provider" in shell.run("content query --uri content://nope").stderr.decode()
    people = out(shell, "content query --uri content://contacts/phones/ --projection display_name:number")
    assert people.startswith("Row: 0 display_name=")
    assert out(shell, "pm clear com.android.providers.contacts") == "Success\n"
    assert out(shell, "content query --uri content://contacts/phones/") == "No result found.\n"


def test_sqlite_on_plain_files(shell):
    path = "/sdcard/plain.db"
    assert out(shell, f"sqlite3 {path} 'CREATE TABLE t (a, b); INSERT INTO t VALUES (1, NULL), (2.5, \"x;y\");'") == ""
    assert out(shell, f"sqlite3 {path} 'SELECT * FROM t'") == "1|\n2.5|x;y\n"
    assert out(shell, f"sqlite3 -header -csv {path} 'SELECT * FROM t'") == "a,b\r\n1,\r\n2.5,x;y\r\n"
    assert out(shell, f"sqlite3 -json {path} 'SELECT a FROM t'") == '[{"a":1},\n{"a":2.5}]\n'
    assert out(shell, f"echo '.tables' | sqlite3 {path}") == "t\n"
    copy = sqlite3.connect(":memory:")
    copy.deserialize(shell.phone.files.read(path))
    assert copy.execute("SELECT count(*) FROM t").fetchone() == (2,)
    assert shell.run("echo no > /sdcard/x; sqlite3 /sdcard/x .tables").stderr == b"Error: file is not a database\n"
