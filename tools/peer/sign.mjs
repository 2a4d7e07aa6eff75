// Signs credentials as their did:key issuer with Digital Bazaar's library.
// In:  {"documents": {url: json}, "items": [{"credential", "cryptosuite", "key", "created", "mandatory", "selected"}]}
// Out: [signed credential, ...]; the issuer's id is set to the did:key of the key. `key` has a `seed` (hex), or
// `publicKeyMultibase` and `secretKeyMultibase`. With `selected`, the credential is what its holder shows of it.
import * as vc from '@digitalbazaar/vc';
import {discloser, loader, request, signer} from './offline.mjs';

const {documents, items} = await request();
const documentLoader = loader(documents);
const signed = [];
for(const {credential, cryptosuite, key, created, mandatory, selected} of items) {
  const {did, suite} = await signer(cryptosuite, key, created, mandatory);
  credential.issuer = typeof credential.issuer === 'object' ? {...credential.issuer, id: did} : did;
  const issued = await vc.issue({credential, suite, documentLoader, now: created});
  signed.push(selected ?
    await vc.derive({verifiableCredential: issued, suite: discloser(selected), documentLoader}) : issued);
}
process.stdout.write(JSON.stringify(signed));
