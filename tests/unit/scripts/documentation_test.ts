import { deepEqual, ok } from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../../../deno.json" with { type: "json" };
import { findCommand } from "../../../src/cli/commands/mod.ts";
import { SETTINGS } from "../../../src/core/config/settings.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

const pages = ["README.md", ...pagesUnder("docs")];

Deno.test("the links of the documentation lead to files and headings", () => {
  const broken = pages.flatMap((page) =>
    linksOf(read(page)).filter((link) => !leadsOn(page, link))
      .map((link) => `${page}: ${link}`)
  );

  deepEqual(broken, []);
});

Deno.test("the README links to every page in docs", () => {
  const links = linksOf(read("README.md")).map((link) => link.split("#")[0]);
  const missing = pages.filter((page) =>
    page !== "README.md" && !page.startsWith("docs/decisions/") &&
    !links.includes(page)
  );

  deepEqual(missing, []);
});

Deno.test("the guide for contributors has every task", () => {
  const text = read("docs/contributing.md");

  for (const task of Object.keys(config.tasks)) {
    ok(text.includes(`| \`${task}\` |`), task);
  }
});

Deno.test("the commands and flags in the documentation are those of the program", () => {
  const lines = pages.flatMap((page) =>
    commandLinesIn(read(page)).map((line) => ({ page, line }))
  );
  const unknown = lines.filter(({ line }) => !isKnown(line))
    .map(({ page, line }) => `${page}: ${line}`);

  ok(lines.length > 100);
  deepEqual(unknown, []);
});

function pagesUnder(folder: string): readonly string[] {
  return [...Deno.readDirSync(join(ROOT, folder))].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) return pagesUnder(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

function read(page: string): string {
  return Deno.readTextFileSync(join(ROOT, page));
}

/** The links within the repository, without those in code. */
function linksOf(text: string): readonly string[] {
  const prose = text.replace(/^( *)```[^]*?^\1```$/gm, "")
    .replace(/`[^`\n]*`/g, "code");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^\w+:/.test(link));
}

function leadsOn(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === ""
    ? page
    : relative(ROOT, join(ROOT, dirname(page), path));
  try {
    Deno.statSync(join(ROOT, target));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  return anchor === undefined || anchorsOf(read(target)).includes(anchor);
}

/** As GitHub and GitLab make them. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}

/** In code between words, and at the start of lines of code. */
function commandLinesIn(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```\w*\b[^\n]*\n([^]*?)^```$/gm)]
    .map(([, body = ""]) => body.replaceAll("\\\n", " ")).join("\n");
  return [
    ...text.matchAll(/`lockstep ([^`\n]+)`/g),
    ...blocks.matchAll(/^(?:\$ )?lockstep ([^#|;&>\n]+)/gm),
  ].map(([, line = ""]) => line.trim());
}

function isKnown(line: string): boolean {
  return line.split(/ (?:&&|\|) (?:lockstep )?/).every((part) => {
    const words = part.split(/ +/);
    const command = findCommand(words);
    const flags = part.match(/(?<= |^)--[a-z-]+/g) ?? [];
    return command !== undefined &&
      flags.every((flag) =>
        GLOBAL_FLAGS.includes(flag) ||
        command.flags.some(({ name }) => `--${name}` === flag)
      );
  });
}

const GLOBAL_FLAGS: readonly string[] = SETTINGS.map(({ flag }) => `--${flag}`);
