// Writes the histories in tests/verify/did_webvh/logs with an independent implementation of did:webvh:
//   npm install --no-save didwebvh-ts@2.8.0 && node tools/peer/webvh.mjs tests/verify/did_webvh/logs
// Keys come from numbers and times from a fixed clock, so that the same version of the library writes the same files.
import {createHash, createPrivateKey, createPublicKey, sign, verify} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {createDID, createWitnessProof, deactivateDID, prepareDataForSigning, updateDID} from 'didwebvh-ts';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

let clock = Date.UTC(2026, 0, 1);
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length ? given : [clock]));
  }
  static now() {
    return clock;
  }
};

function base58(bytes) {
  let number = BigInt('0x' + Buffer.from(bytes).toString('hex'));
  let text = '';
  for(; number > 0n; number /= 58n) {
    text = ALPHABET[Number(number % 58n)] + text;
  }
  return text;
}

function key(seed) {
  const raw = Buffer.alloc(32);
  raw[31] = seed;
  const secret = createPrivateKey({key: Buffer.concat([PKCS8, raw]), format: 'der', type: 'pkcs8'});
  const bytes = createPublicKey(secret).export({format: 'der', type: 'spki'}).subarray(-32);
  const multikey = 'z' + base58(Buffer.concat([Buffer.from([0xed, 1]), bytes]));
  const signBytes = async ({document, proof}) => (
    {proofValue: 'z' + base58(sign(null, await prepareDataForSigning(document, proof), secret))});
  return {multikey, did: `did:key:${multikey}`, sign: signBytes,
    getVerificationMethodId: () => `did:key:${multikey}#${multikey}`};
}

const verifier = {
  verify: async (signature, message, bytes) => verify(null, message,
    createPublicKey({key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki'}), signature)
};
const keyHash = multikey => base58(Buffer.concat(
  [Buffer.from([0x12, 0x20]), createHash('sha256').update(multikey).digest()]));
const methods = multikey => [{type: 'Multikey', publicKeyMultibase: multikey, purpose: 'assertionMethod'}];
const [first, second, third, issuing, later, ...witnesses] = [1, 2, 3, 4, 5, 6, 7, 8].map(key);
const folder = process.argv[2];

function write(name, log, proofs) {
  writeFileSync(join(folder, `${name}.jsonl`), log.map(entry => JSON.stringify(entry) + '\n').join(''));
  if(proofs) {
    writeFileSync(join(folder, `${name}-witness.json`), JSON.stringify(proofs));
  }
}

async function created(options) {
  clock = Date.UTC(2026, 0, 1);
  return createDID({address: 'issuer.example', signer: first, updateKeys: [first.multikey], verifier,
    verificationMethods: methods(issuing.multikey), ...options});
}

async function updated({log}, signer, options) {
  clock += 86_400_000;
  return updateDID({log, signer, verifier, ...options});
}

write('first', (await created()).log);
write('path', (await created({address: 'https://issuer.example:8443/dids/college'})).log);

let made = await updated(await created(), first,
  {updateKeys: [second.multikey], verificationMethods: methods(issuing.multikey)});
made = await updated(made, second, {updateKeys: [second.multikey], verificationMethods: methods(later.multikey)});
write('rotated', made.log);

made = await created({nextKeyHashes: [keyHash(second.multikey)]});
made = await updated(made, second, {updateKeys: [second.multikey], nextKeyHashes: [keyHash(third.multikey)],
  verificationMethods: methods(issuing.multikey)});
made = await updated(made, third, {updateKeys: [third.multikey], nextKeyHashes: [],
  verificationMethods: methods(issuing.multikey)});
write('committed', made.log);

write('deactivated', (await (async () => {
  const start = await created();
  clock += 86_400_000;
  return deactivateDID({log: start.log, signer: first, verifier});
})()).log);

const witness = {threshold: 2, witnesses: witnesses.map(({did}) => ({id: did}))};
const confirm = async (signers, versionId) => ({versionId, proof: await Promise.all(signers.map(signer =>
  createWitnessProof(async (document, proof) => ({proof: await signer.sign({document, proof})}), versionId,
    signer.getVerificationMethodId(), '2026-01-01T00:00:00Z')))});
const start = await created({witness});
const proofs = [await confirm(witnesses.slice(0, 2), start.log[0].versionId)];
made = await updated(start, first, {updateKeys: [first.multikey], verificationMethods: methods(issuing.multikey),
  witnessProofs: proofs});
proofs.push(await confirm(witnesses.slice(1), made.log[1].versionId));
write('witnessed', made.log, proofs);
