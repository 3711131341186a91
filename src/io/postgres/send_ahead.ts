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
  /** Sent, or being sent, and not asked for. */
  #flights: Flight[] = [];
  /** The last one that was started, and its place. */
  #last: { readonly flight: Flight; readonly index: number } | undefined;
  #state: "ready" | "sending" | "ended" = "ready";

  constructor(
    steps: readonly PreparedStep[],
    contextOf: (index: number) => StepContext,
  ) {
    this.#steps = steps;
    this.#contextOf = contextOf;
  }

  /** The step whose turn it is, if it is on its way; others follow it. */
  async next(index: number): Promise<Flight | undefined> {
    if (this.#flights.length === 0) {
      // It is done; this lets what follows its being sent come first.
      await this.#last?.flight.isSent;
      if (this.#flights.length === 0) this.#send(index);
    }
    const flight = this.#flights.shift();
    this.#goOn();
    return flight;
  }

  /** Waits until nothing is on its way, and answers what was. */
  async drop(): Promise<readonly Flight[]> {
    const flights = this.#flights;
    this.#state = "ended";
    await Promise.allSettled(flights.map(({ landed }) => landed));
    this.#flights = [];
    this.#last = undefined;
    this.#state = "ready";
    return flights;
  }

  #goOn(): void {
    const hasRoom = this.#flights.length < MAX_FLIGHTS;
    if (this.#last !== undefined && hasRoom) this.#send(this.#last.index + 1);
  }

  #send(index: number): void {
    const prepared = this.#steps[index];
    if (this.#state !== "ready" || prepared === undefined) return;
    const context = this.#contextOf(index);
    const { route, signal } = context;
    if (route === "pooler" || signal.aborted || !canGoAhead(prepared)) return;
    const follows = this.#last?.index === index - 1
      ? this.#last.flight.prepared.step
      : undefined;
    const flight = new Flight(context, prepared, follows);
    this.#flights.push(flight);
    this.#last = { flight, index };
    this.#state = "sending";
    flight.isSent.then((isSent) => {
      if (this.#state !== "sending") return;
      this.#state = isSent ? "ready" : "ended";
      this.#goOn();
    });
  }
}

/** A pooler may give the transactions of one client to several servers. */
function canGoAhead(
  { step, plan, changesSessionDefaults }: PreparedStep,
): boolean {
  const { origin, resume } = step;
  return plan.segments.length <= 1 && resume === undefined &&
    plan.segments.every(({ mode }) => mode === "transactional") &&
    !changesSessionDefaults && origin.kind === "file" &&
    origin.file.sizeBytes <= MAX_SCRIPT_BYTES;
}
