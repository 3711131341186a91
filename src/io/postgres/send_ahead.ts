import type { RunEvent } from "../../core/outcome.ts";
import type { Step } from "../../core/plan/plan.ts";
import { freshState, sendStep } from "./executor.ts";
import type { StepState } from "./segment_run.ts";
import type { PreparedStep, StepContext } from "./step_context.ts";

/** How many steps the server may be given at once, the first one included. */
const MAX_FLIGHTS = 50;
/** A larger script is sent when its turn comes. */
const MAX_SCRIPT_BYTES = 1 << 16;

/** A step that was sent when those ahead of it were not yet answered. */
export class Flight {
  readonly prepared: PreparedStep;
  readonly state: StepState;
  readonly context: StepContext;
  /** Whether all of it was sent. */
  readonly isSent: Promise<boolean>;
  /** Throws what made it fail. */
  readonly landed: Promise<void>;
  readonly #tell: (event: RunEvent) => void;
  #held: RunEvent[] | undefined = [];

  constructor(context: StepContext, prepared: PreparedStep, follows?: Step) {
    this.prepared = prepared;
    this.state = freshState(prepared, follows);
    this.#tell = context.onEvent;
    const onEvent = (event: RunEvent) => this.#take(event);
    this.context = { ...context, onEvent };
    const landing = sendStep(this.context, prepared, this.state);
    this.isSent = landing.then(() => true, () => false);
    this.landed = landing.then((land) => land());
    // It may be dropped, and nobody wait for it.
    this.landed.catch(() => {});
  }

  /** Its turn has come: tells what the server has said so far. */
  begin(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) this.#tell(event);
  }

  #take(event: RunEvent): void {
    if (this.#held === undefined) this.#tell(event);
    else this.#held.push(event);
  }
}

/**
 * Sends steps before the answers to those ahead of them have come, so that the
 * server never waits for the network. The claim of each fails if the one before
 * it was not done; so when one fails, nothing of those behind it happens. Only
 * steps with one transaction can be sent so.
 */
export class SendAhead {
  readonly #steps: readonly PreparedStep[];
  readonly #contextOf: (index: number) => StepContext;
  #flights: Flight[] = [];

  constructor(
    steps: readonly PreparedStep[],
    contextOf: (index: number) => StepContext,
  ) {
    this.#steps = steps;
    this.#contextOf = contextOf;
  }

  /** The step whose turn it is, if it is on its way; others follow it. */
  async next(index: number): Promise<Flight | undefined> {
    await this.#fill(index);
    return this.#flights.shift();
  }

  /** Waits until nothing is on its way, and answers what was. */
  async drop(): Promise<readonly Flight[]> {
    const flights = this.#flights;
    this.#flights = [];
    await Promise.allSettled(flights.map(({ landed }) => landed));
    return flights;
  }

  async #fill(first: number): Promise<void> {
    if (await this.#flights.at(-1)?.isSent === false) return;
    while (this.#flights.length < MAX_FLIGHTS) {
      const index = first + this.#flights.length;
      const prepared = this.#steps[index];
      if (prepared === undefined || !canBeSentAhead(prepared)) return;
      const context = this.#contextOf(index);
      if (context.route === "pooler" || context.signal.aborted) return;
      const follows = this.#flights.at(-1)?.prepared.step;
      const flight = new Flight(context, prepared, follows);
      this.#flights.push(flight);
      if (!await flight.isSent) return;
    }
  }
}

/** A pooler may give the transactions of one client to several servers. */
function canBeSentAhead(
  { step, plan, changesSessionDefaults }: PreparedStep,
): boolean {
  const { origin, resume } = step;
  return plan.segments.length <= 1 && resume === undefined &&
    plan.segments.every(({ mode }) => mode === "transactional") &&
    !changesSessionDefaults && origin.kind === "file" &&
    origin.file.sizeBytes <= MAX_SCRIPT_BYTES;
}
