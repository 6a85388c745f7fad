"""Files and the clock, as AndroidWorld handles them."""

from shells import out


def test_file_commands_of_androidworld(shell):
    base = "/storage/emulated/0/aw"
    check = 'if [ -d "{}" ]; then\n    echo "Exists"\nelse\n    echo "Does not exist"\nfi\n'
    assert out(shell, check.format(base)) == "Does not exist\n"
    assert out(shell, f"mkdir -p {base}/sub && echo 'it'\"'\"'s' > {base}/note.md && chmod 777 {base}/note.md") == ""
    assert out(shell, check.format(base)) == "Exists\n"
    assert out(shell, f"ls -1 {base}") == "note.md\nsub\n"
    listing = out(shell, f"ls {base} -ll -au").splitlines()
    row = next(line for line in listing if line.endswith("note.md")).split(" ")
    assert row[0] == "-rwxrwxrwx"
    assert row[-5:] == ["5", "2023-10-15", "15:34:00.000000000", "+0000", "note.md"]
    assert [line.split(" ")[-1] for line in listing[1:3]] == [".", ".."]
    assert out(shell, f"find {base} -type f -o -type d") == f"{base}\n{base}/note.md\n{base}/sub\n"
    assert out(shell, f"mkdir /sdcard/copy; cp -a {base}/. /sdcard/copy/") == ""
    assert out(shell, "cat /sdcard/copy/note.md") == "it's\n"
    assert out(shell, "find /sdcard/copy -mindepth 1 -type f -delete; ls -R /sdcard/copy") == (
        "/sdcard/copy:\nsub\n\n/sdcard/copy/sub:\n"
    )
    assert out(shell, f"rm -r {base}/*; ls {base}; restorecon -RD {base}") == ""
    failed = shell.run(f"rm -r {base}/*")
    assert (failed.code, failed.stderr) == (1, f"rm: {base}/*: No such file or directory\n".encode())


def test_the_clock_is_the_phones_own(shell):
    assert out(shell, "date +%s") == "1697384040\n"
    assert out(shell, "date 1231235923.58") == "Sun Dec 31 23:59:58 UTC 2023\n"
    assert out(shell, "sleep 3; date '+%Y-%m-%d %H:%M:%S'") == "2024-01-01 00:00:01\n"
    assert shell.phone.now().year == 2024
    assert out(shell, "date -d @0 +%F") == "1970-01-01\n"
    assert shell.run("date 9999").code == 1
    assert out(shell, "touch -d '2020-02-03 04:05:06' /sdcard/t; stat -c '%Y %a' /sdcard/t") == "1580702706 660\n"
