// Verifies one credential repeatedly with Digital Bazaar's library and reports the time of each run.
// First input line: {"documents": {url: json}}. Then one line per job: {"source" (JSON text), "suite", "now", "seconds"}.
// Output, one line per job: {"times": [nanoseconds, ...]}.
import {createInterface} from 'node:readline';
import * as vc from '@digitalbazaar/vc';
import {loader, verifier} from './offline.mjs';

let documentLoader;
for await (const line of createInterface({input: process.stdin})) {
  const asked = JSON.parse(line);
  if(asked.documents) {
    documentLoader = loader(asked.documents);
    continue;
  }
  process.stdout.write(`${JSON.stringify({times: await measure(asked)})}\n`);
}

async function measure({source, suite, now, seconds}) {
  const options = {suite: verifier(suite), documentLoader, checkStatus, now: new Date(now)};
  const times = [];
  const end = process.hrtime.bigint() + BigInt(Math.round(seconds * 1e9));
  let before = process.hrtime.bigint();
  while(before < end) {
    const result = await vc.verifyCredential({...options, credential: JSON.parse(source)});
    const after = process.hrtime.bigint();
    if(!result.verified) {
      throw result.error;
    }
    times.push(Number(after - before));
    before = process.hrtime.bigint();
  }
  return times;
}

async function checkStatus() {
  return {verified: true};
}
