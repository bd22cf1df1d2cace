import type { OptionRow } from '../options.ts';
import { type ValueKind, valueKindOf } from './value-kind.ts';

/** Completion for fish 3 and newer. */
export function renderFishCompletion(options: readonly OptionRow[]): string {
  const valued = options.filter((row) => row.value !== undefined).map((row) => row.name);
  const lines = options.map((row) => {
    const short = row.short === undefined ? '' : ` -s ${row.short.slice(1)}`;
    const kind = valueKindOf(row);
    const value = kind === undefined ? '' : ` ${offer(kind)}`;
    return `complete -c landlock-run -n __landlock_run_ours -l ${row.name.slice(2)}${short}${value} -d ${quote(row.text)}`;
  });
  return `# fish completion for landlock-run. Made from the option table: landlock-run --completion fish.

# The words that belong to COMMAND, and COMMAND itself; nothing while options go on.
function __landlock_run_rest
    set -l words (commandline -opc) (commandline -ct)
    set -l skip 1
    while set -q words[1]
        set -l word $words[1]
        if test $skip = 1
            set skip 0
        else if test "$word" = --
            string join \\n -- $words[2..-1]
            return
        else if contains -- "$word" ${valued.join(' ')}
            set skip 1
        else if not string match -q -- '-*' "$word"
            string join \\n -- $words
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
        string join \\n -- $argv:
    end
end

complete -c landlock-run -f -a '(__landlock_run_complete_command)'
${lines.join('\n')}
`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function offer(kind: ValueKind): string {
  switch (kind.kind) {
    case 'words':
      return `-x -a ${quote(kind.words.join(' '))}`;
    case 'word-and-file':
      return `-x -a '(__landlock_run_word_and_file ${kind.words.join(' ')})'`;
    case 'directory':
      return "-x -a '(__fish_complete_directories)'";
    case 'file':
      return '-r -F';
    case 'free':
      return '-x';
  }
}
