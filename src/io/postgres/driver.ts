import type { ServerMessage } from "../../errors.ts";
import type { Reply } from "./reply.ts";
import type { Wire } from "./wire_guard.ts";

/** One message, in the words of the driver. */
export interface MessageConfig {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly queryMode?: "extended";
  /** Statements behind it that end with it. */
  readonly following?: readonly string[];
}

/** What a session needs of the driver. */
export interface Driver {
  readonly wire: Wire;
  connect(): Promise<unknown>;
  end(): Promise<void>;
  send(config: MessageConfig, reply: Reply): void;
  onError(listener: (error: Error) => void): void;
  onNotice(listener: (notice: ServerMessage) => void): void;
}
