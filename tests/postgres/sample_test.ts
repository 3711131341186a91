import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import firstPredictions from "../fixtures/trading/first_predictions.sql" with {
  type: "text",
};
import firstTrades from "../fixtures/trading/first_trades.sql" with {
  type: "text",
};
import { catalogSnapshot } from "../helpers/catalog_snapshot.ts";
import { runLockstep } from "../helpers/cli.ts";
import { type TestDatabase, withDatabase } from "../helpers/database.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const performance = fileURLToPath(
  new URL("../fixtures/performance", import.meta.url),
);

Deno.test("001_initial_schema_down.sql restores the schema before it", () =>
  withDatabase(async (db) => {
    await lockstep(db, ["init"]);
    const before = await catalogSnapshot(db);

    await lockstep(db, ["migrate", "001"]);
    const between = await catalogSnapshot(db);
    await db.query(firstTrades);
    await lockstep(db, ["rollback", "--count", "1"]);

    assert.match(between, /^relation trading\.orders: /m);
    assert.equal(await catalogSnapshot(db), before);
  }));

Deno.test("002_add_indexes_down.sql restores the schema before it", () =>
  withDatabase(async (db) => {
    await lockstep(db, ["migrate", "001"]);
    await db.query(firstTrades);
    const before = await catalogSnapshot(db);

    await lockstep(db, ["migrate", "002"]);
    const between = await catalogSnapshot(db);
    await lockstep(db, ["rollback", "--count", "1"]);

    assert.match(between, /^index trading\.idx_orders_open: .*, valid$/m);
    assert.equal(await catalogSnapshot(db), before);
  }));

Deno.test("003_add_ml_strategy_fields_down.sql restores the schema before it", () =>
  withDatabase(async (db) => {
    await lockstep(db, ["migrate", "002"]);
    await db.query(firstTrades);
    const before = await catalogSnapshot(db);

    await lockstep(db, ["migrate", "003"]);
    const between = await catalogSnapshot(db);
    await db.query(firstPredictions);
    await lockstep(db, ["rollback", "--count", "1"]);

    assert.match(between, /^relation trading\.ml_models: /m);
    assert.equal(await catalogSnapshot(db), before);
  }));

Deno.test("the sample migrates again to the same schema after a full rollback", () =>
  withDatabase(async (db) => {
    await lockstep(db, ["migrate"]);
    const first = await catalogSnapshot(db);

    await lockstep(db, ["rollback", "--count", "3"]);
    await lockstep(db, ["migrate"]);

    assert.equal(await catalogSnapshot(db), first);
  }));

Deno.test("the sample books trades on orders and positions", () =>
  withDatabase(async (db) => {
    await lockstep(db, ["migrate"]);

    await db.query(firstTrades);

    const [position] = await db.query(
      `SELECT quantity::FLOAT, average_price::FLOAT, realized_pnl::FLOAT,
         market_value::FLOAT, unrealized_pnl::FLOAT
       FROM trading.position_values`,
    );
    const open = await db.query(
      `SELECT client_order_id, symbol, status, remaining_quantity::FLOAT
       FROM trading.open_orders`,
    );
    assert.deepEqual({ ...position }, {
      quantity: -0.5,
      average_price: 110,
      realized_pnl: 30,
      market_value: -45,
      unrealized_pnl: 10,
    });
    assert.deepEqual(open.map((row) => ({ ...row })), [{
      client_order_id: "third",
      symbol: "BTC-USD",
      status: "partially_filled",
      remaining_quantity: 4.5,
    }]);
  }));

Deno.test("the sample compares predictions with what came", () =>
  withDatabase(async (db) => {
    await lockstep(db, ["migrate"]);
    await db.query(firstTrades);

    await db.query(firstPredictions);

    const [model] = await db.query(
      `SELECT m.stage, m.prediction_count::INT, m.hit_rate::FLOAT,
         round(m.mean_absolute_error::NUMERIC, 6)::FLOAT AS error,
         s.model_name, s.trade_count::INT
       FROM trading.ml_model_performance AS m, trading.strategy_performance AS s`,
    );
    assert.deepEqual({ ...model }, {
      stage: "production",
      prediction_count: 3,
      hit_rate: 0.5,
      error: 0.015,
      model_name: "direction",
      trade_count: 3,
    });
  }));

Deno.test("the sample refuses an order that is filled beyond its quantity", () =>
  withDatabase(async (db) => {
    await lockstep(db, ["migrate"]);
    await db.query(firstTrades);

    await assert.rejects(
      db.query(
        `INSERT INTO trading.trades (order_id, portfolio_id, instrument_id,
           side, venue_trade_id, quantity, price, fee_currency, executed_at)
         SELECT order_id, portfolio_id, instrument_id,
           side, 'T4', 4.6, 90, 'USD', NOW()
         FROM trading.orders WHERE client_order_id = 'third'`,
      ),
      /orders_not_overfilled/,
    );
  }));

Deno.test("the sample refuses a change of a booked trade", () =>
  withDatabase(async (db) => {
    await lockstep(db, ["migrate"]);
    await db.query(firstTrades);

    await assert.rejects(
      db.query("DELETE FROM trading.trades"),
      /book a correction instead/,
    );
  }));

Deno.test("003 fills in the latency of old orders and leaves updated_at", () =>
  withDatabase(async (db) => {
    await lockstep(db, ["migrate", "002"]);
    await db.query(firstTrades);
    const before = await updateTimes(db);

    await lockstep(db, ["migrate", "003"]);

    const latencies = await db.query(
      "SELECT DISTINCT decision_latency_ms::INT AS ms FROM trading.orders",
    );
    assert.deepEqual(latencies.map((row) => row["ms"]), [1500]);
    assert.deepEqual(await updateTimes(db), before);
  }));

Deno.test("batches, a cursor and CONCURRENTLY work inside BEGIN and COMMIT", () =>
  withDatabase(async (db) => {
    await lockstep(db, ["migrate"], performance);

    const [row] = await db.query(
      `SELECT (SELECT SUM(new_column - id)::INT FROM large_table) AS sum,
         (SELECT indisvalid FROM pg_index
          WHERE indexrelid = 'idx_example'::REGCLASS) AS valid`,
    );
    assert.deepEqual({ ...row }, { sum: 200010000, valid: true });
  }));

async function lockstep(
  db: TestDatabase,
  args: readonly string[],
  cwd: string = repository,
): Promise<void> {
  const { code, stdout, stderr } = await runLockstep(args, {
    cwd,
    env: { DATABASE_URL: db.url },
  });
  assert.equal(code, 0, `lockstep ${args.join(" ")}\n${stdout}\n${stderr}`);
}

async function updateTimes(db: TestDatabase): Promise<readonly string[]> {
  const rows = await db.query(
    "SELECT updated_at::TEXT AS time FROM trading.orders ORDER BY order_id",
  );
  return rows.map((row) => String(row["time"]));
}
