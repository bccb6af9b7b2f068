use crate::run::run;

#[test]
fn there_is_a_script_for_each_shell() {
    for (shell, part) in [
        ("bash", "complete -F "),
        ("zsh", "#compdef extism-call"),
        ("fish", "complete -c extism-call"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let given = run(["completions", shell]);
        assert_eq!((given.code, given.stderr.as_str()), (0, ""), "{shell}");
        for part in [part, "allow-path", "inspect"] {
            assert!(given.stdout.contains(part), "{shell} has no {part}: {}", given.stdout);
        }
    }
}

#[cfg(unix)]
#[test]
fn the_script_for_bash_can_be_read_by_it() {
    let script = run(["completions", "bash"]).stdout;
    let status = assert_cmd::Command::new("bash").arg("-n").write_stdin(script).output().unwrap();
    assert!(status.status.success(), "{status:?}");
}

#[test]
fn a_shell_that_is_not_known_is_wrong_usage() {
    assert_eq!(run(["completions", "ksh"]).code, 64);
}
