import { deepEqual } from "node:assert/strict";
import { findUnknownVariables } from "../../../../src/core/config/unknown_variables.ts";

Deno.test("findUnknownVariables() suggests the name that was meant", () => {
  deepEqual(findUnknownVariables({ LOCKSTEP_TABEL: "hunter2" }), [{
    severity: "warning",
    code: "unknown_variable",
    message: 'The variable "LOCKSTEP_TABEL" is no setting and has no effect',
    hint: 'rename it to "LOCKSTEP_TABLE"',
  }]);
});

Deno.test("findUnknownVariables() leaves out what variables of scripts use", () => {
  const env = { LOCKSTEP_VAR_A: "1", LOCKSTEP_PW_FILE: "2" };

  deepEqual(
    findUnknownVariables(env, ["LOCKSTEP_VAR_", "LOCKSTEP_PW"]),
    [],
  );
});

Deno.test("findUnknownVariables() knows settings, files of secrets and foreign names", () => {
  const env = {
    LOCKSTEP_TABLE: "t",
    LOCKSTEP_DATABASE_URL_FILE: "/run/url",
    LOCKSTEP_TEST_DATABASE_URL: "x",
    LOCKSTEP_SERVICE_HOST: "10.0.0.1",
    LOCKSTEP_PORT_5432_TCP_ADDR: "10.0.0.1",
    PATH: "/bin",
  };

  deepEqual(findUnknownVariables(env), []);
});
