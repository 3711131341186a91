import { type SettingRow, SETTINGS } from "../core/config/settings.ts";
import type { Flag } from "./commands/command.ts";
import { COMMANDS } from "./commands/mod.ts";

/** A shell that can complete command lines of lockstep. */
export type Shell = (typeof SHELLS)[number];

/** Every shell that {@linkcode completionScript} knows. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** The script that makes a shell complete the command lines of lockstep. */
export function completionScript(shell: Shell): string {
  switch (shell) {
    case "bash":
      return bashScript();
    case "zsh":
      return zshScript();
    case "fish":
      return fishScript();
    default:
      return shell satisfies never;
  }
}

interface Word {
  readonly word: string;
  readonly summary: string;
  /** What follows a flag; undefined when nothing does. */
  readonly value?: "folder" | "file" | "choice" | "text";
  /** Every value that the flag takes, where they are few. */
  readonly choices?: readonly string[];
}

/** What follows a first word, or none: further words of commands, and flags. */
interface Place {
  readonly before: string;
  readonly words: readonly Word[];
}

function places(): readonly Place[] {
  const groups = new Set(
    COMMANDS.map(({ name }) => name.split(" "))
      .flatMap(([first = "", second]) => second === undefined ? [] : [first]),
  );
  return [
    { before: "", words: [...commandsAfter(""), ...commonFlags()] },
    ...[...groups].map((group) => ({
      before: group,
      words: commandsAfter(`${group} `),
    })),
    ...COMMANDS.map((command) => ({
      before: command.name,
      words: [...command.flags.map(flagWord), ...commonFlags()],
    })),
  ];
}

function commandsAfter(prefix: string): readonly Word[] {
  const words = new Map<string, string>();
  for (const { name, summary } of COMMANDS) {
    if (!name.startsWith(prefix)) continue;
    const [word = "", ...rest] = name.slice(prefix.length).split(" ");
    words.set(word, rest.length === 0 ? summary : `${word} ${rest.join(" ")}`);
  }
  return [...words].map(([word, summary]) => ({ word, summary }));
}

function commonFlags(): readonly Word[] {
  const rows: readonly SettingRow[] = SETTINGS;
  return [
    ...rows.flatMap((row) =>
      row.flag === undefined ? [] : [{
        ...flagWord({
          name: row.flag,
          summary: row.doc,
          ...(row.placeholder !== undefined &&
            { placeholder: row.placeholder }),
        }),
        ...(row.choices !== undefined &&
          { value: "choice" as const, choices: row.choices }),
      }]
    ),
    { word: "--help", summary: "Show the manual" },
    { word: "--version", summary: "Show the version of lockstep" },
  ];
}

function flagWord({ name, placeholder, summary }: Flag): Word {
  const value = placeholder === "folder" || placeholder === "file"
    ? placeholder
    : "text";
  return {
    word: `--${name}`,
    summary: summary.split(/[.;:] /)[0] ?? summary,
    ...(placeholder !== undefined && { value }),
  };
}

function bashScript(): string {
  const cases = places().map(({ before, words }) =>
    `    ${quote(before)}) words=${
      quote(words.map(({ word }) => word).join(" "))
    } ;;`
  );
  return `# bash: source <(lockstep completions bash)
_lockstep() {
  local current=\${COMP_WORDS[COMP_CWORD]} before= words= word i
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    ${flagsWith("folder")}) COMPREPLY=($(compgen -d -- "$current")); return ;;
    ${flagsWith("file")}) COMPREPLY=($(compgen -f -- "$current")); return ;;
${
    choiceCases((choices) =>
      `COMPREPLY=($(compgen -W '${choices}' -- "$current"))`
    )
  }
    ${flagsWith("text")}) return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case " ${COMMANDS.map(({ name }) => name).join("  ")} " in
      *" \${before:+$before }$word "*) before="\${before:+$before }$word" ;;
    esac
  done
  case "$before" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ "\${#COMPREPLY[@]}" = 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _lockstep lockstep
`;
}

/** The flags that such a value follows, as a pattern; one that never fits. */
function flagsWith(value: NonNullable<Word["value"]>): string {
  const words = places().flatMap(({ words }) => words)
    .filter((word) => word.value === value).map(({ word }) => word);
  return words.length === 0 ? "-" : [...new Set(words)].join("|");
}

/** A line for each flag that takes one of a few words. */
function choiceCases(complete: (choices: string) => string): string {
  const lines = places().flatMap(({ words }) => words)
    .flatMap(({ word, choices }) =>
      choices === undefined
        ? []
        : [`    ${word}) ${complete(choices.join(" "))}; return ;;`]
    );
  return [...new Set(lines)].join("\n");
}

function zshScript(): string {
  const cases = places().map(({ before, words }) =>
    `    ${quote(before)}) items=(${
      words.map(({ word, summary }) =>
        quote(`${word}:${summary.replaceAll(":", "\\:")}`)
      ).join(" ")
    }) ;;`
  );
  return `#compdef lockstep
# zsh: source <(lockstep completions zsh), or a file _lockstep in $fpath
_lockstep() {
  local before= word
  local -a items
  case $words[CURRENT-1] in
    ${flagsWith("folder")}) _files -/; return ;;
    ${flagsWith("file")}) _files; return ;;
${choiceCases((choices) => `compadd -- ${choices}`)}
    ${flagsWith("text")}) return ;;
  esac
  for word in $words[2,CURRENT-1]; do
    case " ${COMMANDS.map(({ name }) => name).join("  ")} " in
      *" \${before:+$before }$word "*) before="\${before:+$before }$word" ;;
    esac
  done
  case "$before" in
${cases.join("\n")}
  esac
  _describe -o lockstep items || _files
}
if [ "$funcstack[1]" = _lockstep ]; then _lockstep "$@"
else compdef _lockstep lockstep; fi
`;
}

function fishScript(): string {
  const names = new Set(COMMANDS.flatMap(({ name }) => {
    const [first = "", ...rest] = name.split(" ");
    return rest.length === 0 ? [first] : [first, name];
  }));
  const lines = places().flatMap(({ before, words }) =>
    words.map((word) =>
      `complete -c lockstep -n ${`"__lockstep_is ${quote(before)}"`} ` +
      fishWord(word)
    )
  );
  return `# fish: lockstep completions fish | source
function __lockstep_is
    set -l before ''
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -- "$before $word")
        if contains -- "$next" ${[...names].map(quote).join(" ")}
            set before $next
        end
    end
    test "$before" = "$argv[1]"
end
${lines.join("\n")}
`;
}

function fishWord({ word, summary, value, choices = [] }: Word): string {
  const description = `-d ${quote(summary)}`;
  if (!word.startsWith("--")) return `-f -a ${word} ${description}`;
  const flag = `-l ${word.slice(2)} ${description}`;
  switch (value) {
    case undefined:
      return flag;
    case "folder":
      return `${flag} -xa '(__fish_complete_directories)'`;
    case "file":
      return `${flag} -r`;
    case "choice":
      return `${flag} -xa ${quote(choices.join(" "))}`;
    case "text":
      return `${flag} -x`;
    default:
      return value satisfies never;
  }
}

/** A word that all three shells read as it is. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "")}'`;
}
