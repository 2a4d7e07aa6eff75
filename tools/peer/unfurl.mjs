// Unfurl a link as a chat or a blog would, by unfurl.js: prints what it finds, as JSON.
import { unfurl } from "unfurl.js";

console.log(JSON.stringify(await unfurl(process.argv[2])));
