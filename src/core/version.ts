import config from "../../deno.json" with { type: "json" };

/** What the build of an executable puts into this module in place of `deno.json`. */
export interface Build {
  readonly version: string;
  readonly commit?: string;
  /** Such as `pg@8.23.1`. */
  readonly dependencies?: readonly string[];
}

/** Where this lockstep comes from. */
export const BUILD: Build = config;

/** The version of this lockstep, as `deno.json` has it. */
export const VERSION: string = BUILD.version;
