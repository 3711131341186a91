import { ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  type GuideResult,
  isShown,
  runGuide,
  withOutputs,
} from "../helpers/guide.ts";
import { findPsql } from "../helpers/psql_recorder.ts";

const GUIDES = [
  "getting-started.md",
  "writing-migrations.md",
  "troubleshooting.md",
  "recovery.md",
  "air-gapped.md",
];

interface Guide {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

const hasPsql = await findPsql() !== undefined;

for (const name of GUIDES) {
  const path = fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
  const text = await Deno.readTextFile(path);
  Deno.test({
    name: `docs/${name} shows commands that run and what they print`,
    ignore: !hasPsql && /^psql /m.test(text),
    fn: () => check({ name, path, text }),
  });
}

async function check({ name, path, text }: Guide): Promise<void> {
  const results: GuideResult[] = [];

  await runGuide(text, (result) => results.push(result));

  // With UPDATE=1 the guide is rewritten, for a person to read the changes.
  if (Deno.env.get("UPDATE") === "1") {
    await Deno.writeTextFile(path, withOutputs(text, results));
  }
  const found = results.flatMap((result) => complaints(name, result));
  ok(found.length === 0, found.join("\n"));
}

function complaints(
  name: string,
  { block: { line, exitCode, shown }, code, output }: GuideResult,
): readonly string[] {
  const place = `docs/${name}:${line}`;
  if (code !== exitCode) {
    return [`${place} ended with ${code}, not ${exitCode}:\n${output}`];
  }
  if (shown === undefined || isShown(shown.text, output)) return [];
  return [`${place} printed\n${output}\nin place of\n${shown.text}`];
}
