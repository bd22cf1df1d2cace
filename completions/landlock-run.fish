# fish completion for landlock-run. Made from the option table: landlock-run --completion fish.

# The words that belong to COMMAND, and COMMAND itself; nothing while options go on.
function __landlock_run_rest
    set -l words (commandline -opc) (commandline -ct)
    set -l skip 1
    while set -q words[1]
        set -l word $words[1]
        if test $skip = 1
            set skip 0
        else if test "$word" = --
            string join \n -- $words[2..-1]
            return
        else if contains -- "$word" --ro --rw --rwfile --grant --unix --tmp --net-connect --net-bind --udp-connect --udp-bind --other-net --scope --no-scope --audit --policy --profile --discover --min-abi --env --env-keep --env-unset --keep-fd --chdir --limit --status-fd --compiled --why --compile --learn --import --completion --color
            set skip 1
        else if not string match -q -- '-*' "$word"
            string join \n -- $words
            return
        end
        set -e words[1]
    end
end

# Still among our own options?
function __landlock_run_ours
    test (count (__landlock_run_rest)) -le 1
end

function __landlock_run_complete_command
    set -l rest (__landlock_run_rest)
    set -q rest[1]; and complete -C (string join ' ' -- (string escape -- $rest))
end

# In: words. A colon and a file follow them. What is in front of an = fish itself takes off and puts back.
function __landlock_run_word_and_file
    set -l current (string replace -r -- '^--[a-z-]+=' '' (commandline -ct))
    set -l parts (string split -m 1 : -- "$current")
    if set -q parts[2]
        for path in (__fish_complete_path $parts[2])
            echo $parts[1]:$path
        end
    else
        string join \n -- $argv:
    end
end

complete -c landlock-run -f -a '(__landlock_run_complete_command)'
complete -c landlock-run -n __landlock_run_ours -l ro -r -F -d 'read and execute beneath PATH'
complete -c landlock-run -n __landlock_run_ours -l rw -r -F -d 'read, write, create, remove, rename, execute beneath PATH, and ioctl on devices'
complete -c landlock-run -n __landlock_run_ours -l rwfile -r -F -d 'read, write and ioctl one existing file or device; no execute'
complete -c landlock-run -n __landlock_run_ours -l grant -x -a '(__landlock_run_word_and_file read write exec create remove)' -d 'exactly these rights: a comma list of the kernel\'s names or read, write, exec, create, remove'
complete -c landlock-run -n __landlock_run_ours -l unix -r -F -d 'connect to a pathname UNIX socket'
complete -c landlock-run -n __landlock_run_ours -l tmp -x -a '(__fish_complete_directories)' -d 'a temporary directory: made if missing, granted like --rw, TMPDIR set to it'
complete -c landlock-run -n __landlock_run_ours -l add-command -d 'COMMAND\'s own file, interpreters and libraries, no more'
complete -c landlock-run -n __landlock_run_ours -l net-connect -x -d 'TCP ports to connect to: PORT, LO-HI, any or none'
complete -c landlock-run -n __landlock_run_ours -l net-bind -x -d 'TCP ports to bind'
complete -c landlock-run -n __landlock_run_ours -l udp-connect -x -d 'UDP ports to connect and send to (Landlock ABI 10)'
complete -c landlock-run -n __landlock_run_ours -l udp-bind -x -d 'UDP ports to bind (Landlock ABI 10)'
complete -c landlock-run -n __landlock_run_ours -l other-net -x -a 'any none' -d 'every other kind of socket but UNIX; none leaves routing netlink, which lists interfaces and addresses'
complete -c landlock-run -n __landlock_run_ours -l no-net -d 'no TCP, no UDP, no other socket but UNIX ones'
complete -c landlock-run -n __landlock_run_ours -l no-unix -d 'no UNIX sockets either (socketpair stays)'
complete -c landlock-run -n __landlock_run_ours -l scope -x -a 'signal abstract-unix-socket pathname-unix-socket device-ioctl terminal' -d 'turn a scope on: signal, abstract-unix-socket, pathname-unix-socket, device-ioctl, terminal'
complete -c landlock-run -n __landlock_run_ours -l no-scope -x -a 'signal abstract-unix-socket pathname-unix-socket device-ioctl terminal' -d 'turn a scope off'
complete -c landlock-run -n __landlock_run_ours -l audit -x -a 'off command all' -d 'log COMMAND\'s denials to the audit log (Landlock ABI 7), nested domains left out or in'
complete -c landlock-run -n __landlock_run_ours -l keep-caps -d 'keep the capabilities with which root can go round the policy'
complete -c landlock-run -n __landlock_run_ours -l policy -r -F -d 'a YAML policy; - is stdin'
complete -c landlock-run -n __landlock_run_ours -l profile -x -a 'git toolchains ssh tty shm dev worker' -d 'a built-in profile: git, toolchains, ssh, tty, shm, dev, worker'
complete -c landlock-run -n __landlock_run_ours -l bare -d 'leave out the system profile'
complete -c landlock-run -n __landlock_run_ours -l discover -r -F -d 'grant what a YAML or JSON config refers to'
complete -c landlock-run -n __landlock_run_ours -l best-effort -d 'drop what this kernel lacks, with a warning for each'
complete -c landlock-run -n __landlock_run_ours -l min-abi -x -d 'refuse kernels below Landlock ABI N'
complete -c landlock-run -n __landlock_run_ours -l require-paths -d 'refuse to run where a stated path is missing'
complete -c landlock-run -n __landlock_run_ours -l allow-overlap -d 'consent to grants that defeat each other, with a warning'
complete -c landlock-run -n __landlock_run_ours -l allow-unsandboxed -d 'consent to run where Landlock is absent, with a warning'
complete -c landlock-run -n __landlock_run_ours -l env -x -d 'set a variable, or hand it through'
complete -c landlock-run -n __landlock_run_ours -l env-scrub -d 'take away variables that look like credentials'
complete -c landlock-run -n __landlock_run_ours -l env-clear -d 'start from an empty environment'
complete -c landlock-run -n __landlock_run_ours -l env-keep -x -d 'variables that survive --env-scrub and --env-clear'
complete -c landlock-run -n __landlock_run_ours -l env-unset -x -d 'variables to take away'
complete -c landlock-run -n __landlock_run_ours -l keep-fd -x -a 'args listen' -d 'descriptors to hand through: N, those named /dev/fd/N in ARG, or those of LISTEN_FDS'
complete -c landlock-run -n __landlock_run_ours -l keep-path -d 'leave COMMAND\'s PATH as it is'
complete -c landlock-run -n __landlock_run_ours -l chdir -x -a '(__fish_complete_directories)' -d 'the working directory of COMMAND'
complete -c landlock-run -n __landlock_run_ours -l limit -x -a 'as= core= cpu= data= fsize= memlock= msgqueue= nice= nofile= nproc= rtprio= rttime= sigpending= stack=' -d 'a resource limit by prlimit(1)\'s names, as in data=2G'
complete -c landlock-run -n __landlock_run_ours -l status-fd -x -d 'report on descriptor N why COMMAND did not start'
complete -c landlock-run -n __landlock_run_ours -l check -d 'would a run with these options be accepted here? prove it'
complete -c landlock-run -n __landlock_run_ours -l explain -d 'what would be enforced and what not; nothing is run'
complete -c landlock-run -n __landlock_run_ours -l compiled -r -F -d 'with --explain: what is in a launcher of --compile'
complete -c landlock-run -n __landlock_run_ours -l why -r -F -d 'is PATH[:rwx], connect:PORT or bind:PORT allowed, by which grant, and what would allow it?'
complete -c landlock-run -n __landlock_run_ours -l compile -r -F -d 'write a standalone launcher that applies exactly this policy'
complete -c landlock-run -n __landlock_run_ours -l learn -r -F -d 'run COMMAND twice: first without any restriction, to write a policy for it, then under that policy, to prove it'
complete -c landlock-run -n __landlock_run_ours -l no-verify -d 'with --learn: leave out the second run'
complete -c landlock-run -n __landlock_run_ours -l trace -d 'run COMMAND, and list afterwards what the policy denied'
complete -c landlock-run -n __landlock_run_ours -l import -x -a '(__landlock_run_word_and_file landlockconfig landrun sandbox-runtime openshell)' -d 'print the policy of another tool as ours: landlockconfig, landrun, sandbox-runtime, openshell'
complete -c landlock-run -n __landlock_run_ours -l print-policy -d 'print the merged policy as YAML'
complete -c landlock-run -n __landlock_run_ours -l completion -x -a 'bash zsh fish' -d 'print the completion script of bash, zsh or fish'
complete -c landlock-run -n __landlock_run_ours -l help -s h -d 'print this'
complete -c landlock-run -n __landlock_run_ours -l version -s V -d 'print the version'
complete -c landlock-run -n __landlock_run_ours -l json -d 'reports and diagnostics as JSON'
complete -c landlock-run -n __landlock_run_ours -l verbose -d 'also say what was skipped'
complete -c landlock-run -n __landlock_run_ours -l color -x -a 'auto always never' -d 'colour in reports'
