// Verifies credentials with Digital Bazaar's library.
// In:  {"documents": {url: json}, "items": [{"credential", "cryptosuite", "now"}]}
// Out: [{"verified", "error"}, ...]
import * as vc from '@digitalbazaar/vc';
import {loader, request, verifier} from './offline.mjs';

const {documents, items} = await request();
const documentLoader = loader(documents);
const results = [];
for(const {credential, cryptosuite, now} of items) {
  // Status is not compared: the library leaves the look-up to its caller.
  const checkStatus = async () => ({verified: true});
  const result = await vc.verifyCredential(
    {credential, suite: verifier(cryptosuite), documentLoader, checkStatus, now: new Date(now)});
  results.push({verified: result.verified, error: reason(result.error)});
}
process.stdout.write(JSON.stringify(results));

function reason(error) {
  return error ? [error.message, ...(error.errors ?? []).map(reason)].join(': ') : null;
}
