import { testCuts } from "../helpers/cut_plans.ts";
import { SPLIT_FILES } from "../helpers/cut_runs.ts";

testCuts("split", SPLIT_FILES);
