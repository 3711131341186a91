import { parse } from "yaml";

/** What a runner, an engine or systemd would run of a file in docs/ci. */
export interface PipelineJob {
  readonly name: string;
  /** Each is run by a shell of its own. */
  readonly scripts: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

type Env = Readonly<Record<string, string>>;

interface Workflow {
  readonly env: Env;
  readonly jobs: Readonly<
    Record<string, {
      readonly env: Env;
      readonly steps: readonly { readonly run?: string; readonly env?: Env }[];
    }>
  >;
}

/** The jobs of a workflow of GitHub Actions; a script is a step. */
export function readGitHub(text: string): readonly PipelineJob[] {
  const workflow: Workflow = parse(text);
  return Object.entries(workflow.jobs).map(([name, { env, steps }]) => ({
    name,
    scripts: steps.flatMap(({ run }) => run ?? []),
    env: { ...workflow.env, ...env },
  }));
}

interface GitLabJob {
  readonly script?: readonly string[];
  readonly variables?: Env;
}

interface GitLabFile {
  readonly variables: Env;
  readonly default: { readonly before_script: readonly string[] };
}

/** The jobs of a pipeline of GitLab; the lines of one share a shell. */
export function readGitLab(text: string): readonly PipelineJob[] {
  const { variables, default: defaults, ...rest }:
    & GitLabFile
    & Record<string, GitLabJob> = parse(text);
  return Object.entries(rest).flatMap(([name, job]) => {
    if (job.script === undefined) return [];
    const lines = [...defaults.before_script, ...job.script];
    const env = { ...variables, ...job.variables };
    return [{ name, scripts: [lines.join("\n")], env }];
  });
}

/** A container of Kubernetes, as far as a test looks at it. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly volumeMounts: readonly { readonly mountPath: string }[];
}

/** A Job or a Deployment, as far as a test looks at it. */
export interface Manifest {
  readonly kind: string;
  readonly spec: {
    readonly podFailurePolicy?: {
      readonly rules: readonly {
        readonly action: string;
        readonly onExitCodes?: {
          readonly containerName: string;
          readonly operator: string;
          readonly values: readonly number[];
        };
      }[];
    };
    readonly template: {
      readonly spec: {
        readonly containers: readonly Container[];
        readonly initContainers?: readonly Container[];
      };
    };
  };
}

/** The container of a manifest that is called "migrate". */
export function readKubernetes(text: string): readonly PipelineJob[] {
  const { spec }: Manifest = parse(text);
  const { containers, initContainers = [] } = spec.template.spec;
  return [...initContainers, ...containers]
    .filter(({ name }) => name === "migrate")
    .map(({ name, args = [], env = [] }) => ({
      name,
      scripts: [commandLine(args)],
      env: Object.fromEntries(env.map((one) => [one.name, one.value])),
    }));
}

interface ComposeFile {
  readonly services: Readonly<
    Record<
      string,
      { readonly command?: readonly string[]; readonly environment?: Env }
    >
  >;
}

/** The services of a compose file that have a command. */
export function readCompose(text: string): readonly PipelineJob[] {
  const { services }: ComposeFile = parse(text);
  return Object.entries(services).flatMap(
    ([name, { command, environment = {} }]) => {
      if (command === undefined) return [];
      return [{ name, scripts: [commandLine(command)], env: environment }];
    },
  );
}

/** The commands of a unit of systemd, with the variables of its own file. */
export function readUnit(
  text: string,
  envFile: string,
): readonly PipelineJob[] {
  const own = linesOf(text, "Environment").join("\n");
  const commands = linesOf(text, "ExecStart(?:Pre|Post)?");
  return [{
    name: "lockstep.service",
    scripts: commands.map((line) => line.replace("/usr/local/bin/", "")),
    env: { ...assignments(envFile), ...assignments(own) },
  }];
}

/** The values of the lines of a unit that set one thing. */
export function linesOf(text: string, name: string): readonly string[] {
  const lines = text.matchAll(new RegExp(`^${name}=(.*)$`, "gm"));
  return [...lines].map(([, value = ""]) => value);
}

/** Every command line of lockstep in scripts, without what redirects it. */
export function commandsIn({ scripts }: PipelineJob): readonly string[] {
  const lines = scripts.join("\n")
    .matchAll(/(?:^|&& |\|\| )(lockstep [^>;)\n]*)/gm);
  return [...lines].map(([, line = ""]) => line.trim());
}

/** No word of these files needs quotes. */
function commandLine(args: readonly string[]): string {
  return ["lockstep", ...args].join(" ");
}

function assignments(text: string): Env {
  const lines = text.matchAll(/^(\w+)=(.*)$/gm);
  return Object.fromEntries(
    [...lines].map(([, name = "", value = ""]) => [name, value]),
  );
}
