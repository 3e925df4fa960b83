// Asks one question through the official client of AG-UI, which checks the order and the form of every event.
import { HttpAgent } from "@ag-ui/client";

const [base] = process.argv.slice(2);
const agent = new HttpAgent({ url: `${base}/agui`, threadId: "ci", initialMessages: [{ id: "1", role: "user", content: "Where did Django Reinhardt play?" }] });
const seen = [];
await agent.runAgent({ runId: "1" }, { onEvent: ({ event }) => { seen.push(event.type); } });
const told = agent.messages.at(-1);
if (seen[0] !== "RUN_STARTED" || seen.at(-1) !== "RUN_FINISHED" || told.role !== "assistant" || !told.content.includes("/episodes/")) {
  console.error(seen, told);
  process.exit(1);
}
console.log(`${seen.length} events, ${told.content.length} letters of an answer`);
