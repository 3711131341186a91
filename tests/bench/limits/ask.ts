// The least that a run can do: connect, ask one question, and leave.
import { Client } from "pg";

const client = new Client({
  connectionString: Deno.env.get("DATABASE_URL"),
});
await client.connect();
const { rows } = await client.query("SELECT 1 AS one");
console.log(rows[0].one);
await client.end();
