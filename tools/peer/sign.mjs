// Signs credentials as their did:key issuer with Digital Bazaar's library.
// In:  {"documents": {url: json}, "items": [{"credential", "cryptosuite", "seed" (hex), "created"}]}
// Out: [signed credential, ...]; the issuer's id is set to the did:key of the seed.
import * as vc from '@digitalbazaar/vc';
import {loader, request, signer} from './offline.mjs';

const {documents, items} = await request();
const documentLoader = loader(documents);
const signed = [];
for(const {credential, cryptosuite, seed, created} of items) {
  const {did, suite} = await signer(cryptosuite, seed, created);
  credential.issuer = typeof credential.issuer === 'object' ? {...credential.issuer, id: did} : did;
  signed.push(await vc.issue({credential, suite, documentLoader, now: created}));
}
process.stdout.write(JSON.stringify(signed));
