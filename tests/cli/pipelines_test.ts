import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { EXIT } from "../../src/errors.ts";
import { binaryPath } from "../helpers/cli.ts";
import {
  isInstalled,
  type PipelineStage,
  withPipeline,
} from "../helpers/pipeline.ts";
import {
  commandsIn,
  linesOf,
  type Manifest,
  type PipelineJob,
  readCompose,
  readGitHub,
  readGitLab,
  readKubernetes,
  readUnit,
} from "../helpers/pipeline_files.ts";
import type { ProjectFiles } from "../helpers/project.ts";

const FOLDER = fileURLToPath(new URL("../../docs/ci", import.meta.url));

const files: Readonly<Record<string, string>> = Object.fromEntries(
  [...Deno.readDirSync(FOLDER)].map(({ name }) => [
    name,
    Deno.readTextFileSync(join(FOLDER, name)),
  ]),
);

/** What GitHub runs a script with whose shell is bash. */
const BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"] as const;

const TRY_AGAIN = [EXIT.locked, EXIT.connection];

const MERGED: ProjectFiles = {
  "001_users.sql": "CREATE TABLE users (id int);\n",
  "rollbacks/001_users_down.sql": "DROP TABLE users;\n",
};

const NEW: ProjectFiles = {
  "002_names.sql": "ALTER TABLE users ADD COLUMN name text;\n",
  "rollbacks/002_names_down.sql": "ALTER TABLE users DROP COLUMN name;\n",
};

const BAD: ProjectFiles = {
  "002_names.sql": "ALTER TABLE users\n  ADD COLUMN name no_such_type;\n",
};

const github = jobsOf(readGitHub(text("github.yml")));
const gitlab = jobsOf(readGitLab(text("gitlab-ci.yml")));
const containers = {
  "kubernetes-job.yml": readKubernetes(text("kubernetes-job.yml")),
  "kubernetes-init-container.yml": readKubernetes(
    text("kubernetes-init-container.yml"),
  ),
  "compose.yml": readCompose(text("compose.yml")),
  "lockstep.service": readUnit(text("lockstep.service"), text("lockstep.env")),
};
const hasTools = await isInstalled("curl") && await isInstalled("git") &&
  await isInstalled("bash") && await isInstalled("sha256sum");
if (!hasTools) {
  console.warn("Pipelines are left out without curl, git and bash");
}

function testPipeline(
  name: string,
  test: (stage: PipelineStage) => Promise<void>,
  merged: ProjectFiles = MERGED,
): void {
  Deno.test({
    name,
    ignore: !hasTools,
    fn: () => withPipeline(merged, test),
  });
}

Deno.test("every file in docs/ci is in its README", () => {
  for (const name of Object.keys(files)) {
    ok(name === "README.md" || text("README.md").includes(`(${name})`), name);
  }
});

Deno.test("the lock may be busy and the server away, all else is for a person", () => {
  const job: Manifest = parse(text("kubernetes-job.yml"));
  const rule = job.spec.podFailurePolicy?.rules.find(({ action }) =>
    action === "FailJob"
  );
  const pipeline = parse(text("gitlab-ci.yml"));
  const [prevented = ""] = linesOf(
    text("lockstep.service"),
    "RestartPreventExitStatus",
  );

  deepEqual(rule?.onExitCodes, {
    containerName: "migrate",
    operator: "NotIn",
    values: TRY_AGAIN,
  });
  deepEqual(pipeline["migrations:deploy"].retry.exit_codes, TRY_AGAIN);
  deepEqual(
    prevented.split(" ").map(Number),
    Object.values(EXIT).filter((code) =>
      code > 0 && code < 128 && !TRY_AGAIN.some((again) => again === code)
    ),
  );
});

for (const [name, jobs] of Object.entries(containers)) {
  for (const job of jobs) {
    testPipeline(`${name} migrates`, async ({ columns, run }) => {
      const { code, output, calls } = await run(job);

      equal(code, 0, output);
      deepEqual(calls, commandsIn(job));
      deepEqual(await columns(), ["id"]);
    });

    testPipeline(`${name} ends with 5 at a bad migration`, async (stage) => {
      await stage.commit(BAD);

      const { code, output } = await stage.run(job);

      equal(code, EXIT.failed, output);
      match(output, /migrations\/002_names\.sql:2:/);
    });
  }
}

testPipeline("init containers of several pods migrate once", async (stage) => {
  const [job] = containers["kubernetes-init-container.yml"];
  ok(job !== undefined);

  const results = await Promise.all([1, 2, 3].map(() => stage.run(job)));

  deepEqual(results.map(({ code }) => code), [0, 0, 0]);
  const rows = await stage.db.query("SELECT FROM schema_migrations_log");
  equal(rows.length, 1);
});

testPipeline("github.yml tries a pull request", async (stage) => {
  await stage.commit(NEW);

  const { code, output, calls } = await stage.run(github("check"), BASH);

  equal(code, 0, output);
  deepEqual(calls, commandsIn(github("check")));
  deepEqual(await stage.columns(), ["id", "name"]);
});

testPipeline("the first migrations of a project are tried", async (stage) => {
  await stage.commit(MERGED);

  const one = await stage.run(github("check"), BASH);
  const two = await stage.run(gitlab("migrations:check"));

  deepEqual([one.code, two.code], [0, 0], one.output + two.output);
  deepEqual(await stage.columns(), ["id"]);
}, { "../README.md": "A shop\n" });

testPipeline("github.yml shows a bad migration at its line", async (stage) => {
  await stage.commit(BAD);

  const { code, output } = await stage.run(github("check"), BASH);

  equal(code, EXIT.failed, output);
  match(output, /^::error file=migrations\/002_names\.sql,line=2,/m);
});

testPipeline(
  "github.yml finds an applied file that was edited",
  async (stage) => {
    await stage.commit({
      "001_users.sql": "CREATE TABLE users (id bigint);\n",
    });

    const { code, output } = await stage.run(github("check"), BASH);

    equal(code, EXIT.findings, output);
    match(output, /^::error file=migrations\/001_users\.sql,/m);
  },
);

testPipeline("github.yml plans and deploys", async (stage) => {
  const plan = await stage.run(github("plan"), BASH);
  const before = await stage.columns();
  const deployed = await stage.run(github("deploy"), BASH);

  deepEqual([plan.code, deployed.code], [0, 0], plan.output + deployed.output);
  deepEqual(plan.calls, commandsIn(github("plan")));
  deepEqual(deployed.calls, commandsIn(github("deploy")));
  match(plan.output, /\| .*001_users/);
  deepEqual([before, await stage.columns()], [[], ["id"]]);
});

testPipeline(
  "github.yml runs no program of another checksum",
  async (stage) => {
    const check = github("check");
    const scripts = check.scripts.map((one) =>
      one.replace('echo "$SHA256 ', 'echo "0$SHA256 ')
    );

    const { code, calls } = await stage.run({ ...check, scripts }, BASH);

    ok(code !== 0);
    deepEqual(calls, [""]);
  },
);

testPipeline("gitlab-ci.yml tries a merge request", async (stage) => {
  const check = gitlab("migrations:check");
  await stage.commit(NEW);

  const { code, output, calls } = await stage.run(check);

  equal(code, 0, output);
  deepEqual(calls, commandsIn(check));
  deepEqual(await stage.columns(), ["id", "name"]);
  deepEqual(JSON.parse(await read(stage, "gl-code-quality-report.json")), []);
  for (const name of ["migrate.xml", "rollback.xml", "again.xml"]) {
    match(await read(stage, name), /<testcase [^>]*002_names/);
  }
});

testPipeline(
  "gitlab-ci.yml reports an applied file that was edited",
  async (stage) => {
    await stage.commit({
      "001_users.sql": "CREATE TABLE users (id bigint);\n",
    });

    const { code, output } = await stage.run(gitlab("migrations:check"));

    equal(code, EXIT.findings, output);
    const report = JSON.parse(await read(stage, "gl-code-quality-report.json"));
    equal(report[0].location.path, "migrations/001_users.sql");
  },
);

testPipeline(
  "gitlab-ci.yml deploys, and reports what failed",
  async (stage) => {
    const deploy = gitlab("migrations:deploy");
    const secret = { DATABASE_URL_FILE: "of the type File" };
    const job = { ...deploy, env: { ...deploy.env, ...secret } };

    const { code, output, calls } = await stage.run(job);
    await stage.commit(BAD);
    const failed = await stage.run(job);

    equal(code, 0, output);
    deepEqual(calls, commandsIn(deploy));
    equal(failed.code, EXIT.failed, failed.output);
    match(await read(stage, "migrate.xml"), /<failure /);
  },
);

Deno.test({
  name: "lockstep.service is what systemd expects",
  ignore: !await isInstalled("systemd-analyze"),
  async fn() {
    const dir = await Deno.makeTempDir();
    const path = join(dir, "lockstep.service");
    await Deno.writeTextFile(
      path,
      text("lockstep.service")
        .replaceAll("/usr/local/bin/lockstep", binaryPath()),
    );

    const { success, stderr } = await new Deno.Command("systemd-analyze", {
      args: ["verify", "--man=no", path],
    }).output();

    // It also warns of what is wrong with other units.
    const complaints = new TextDecoder().decode(stderr).split("\n")
      .filter((line) => line.includes("lockstep.service"));
    deepEqual([success, complaints], [true, []]);
    await Deno.remove(dir, { recursive: true });
  },
});

function text(name: string): string {
  return files[name] ?? "";
}

function jobsOf(jobs: readonly PipelineJob[]): (name: string) => PipelineJob {
  return (name) => {
    const job = jobs.find((one) => one.name === name);
    if (job === undefined) throw new Error(`There is no job "${name}"`);
    return job;
  };
}

function read({ checkout }: PipelineStage, name: string): Promise<string> {
  return Deno.readTextFile(join(checkout, name));
}
