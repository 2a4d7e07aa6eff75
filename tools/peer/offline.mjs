// The environment of Digital Bazaar's library: only the given documents and did:key, no network.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as jcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as rdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

const DID_KEY = /^did:key:(z6Mk[1-9A-HJ-NP-Za-km-z]+)(#.*)?$/;

/** Reads the one JSON request on standard input. */
export async function request() {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk;
  }
  return JSON.parse(text);
}

/** A document loader that serves `documents` (URL -> JSON) and did:key, and refuses every other URL. */
export function loader(documents) {
  const known = new Map(Object.entries(documents));
  return async url => {
    const document = known.get(url) ?? didKey(url);
    if(!document) {
      throw new Error(`Not offline: ${url}`);
    }
    known.set(url, document);
    return {contextUrl: null, documentUrl: url, document};
  };
}

/** The suite that verifies proofs of `cryptosuite`. */
export function verifier(cryptosuite) {
  return new DataIntegrityProof({cryptosuite: suite(cryptosuite, 'createVerifyCryptosuite')});
}

/** The suite that signs with the key of the 32-byte `seed` (hex) at `created`; the signer is the key's did:key. */
export async function signer(cryptosuite, seed, created) {
  const key = await Ed25519Multikey.generate({seed: Buffer.from(seed, 'hex')});
  key.controller = `did:key:${key.publicKeyMultibase}`;
  key.id = `${key.controller}#${key.publicKeyMultibase}`;
  return {
    did: key.controller,
    suite: new DataIntegrityProof({
      signer: key.signer(), date: created, cryptosuite: suite(cryptosuite, 'createSignCryptosuite')
    })
  };
}

function suite(name, role) {
  if(name === 'eddsa-rdfc-2022') {
    return rdfc;
  }
  if(name === 'eddsa-jcs-2022') {
    return jcs[role]();
  }
  throw new Error(`No such cryptosuite here: ${name}`);
}

function didKey(url) {
  const [, multibase, fragment] = DID_KEY.exec(url) ?? [];
  if(!multibase) {
    return null;
  }
  const did = `did:key:${multibase}`;
  const id = `${did}#${multibase}`;
  const method = {id, type: 'Multikey', controller: did, publicKeyMultibase: multibase};
  if(fragment) {
    return {'@context': 'https://w3id.org/security/multikey/v1', ...method};
  }
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did, verificationMethod: [method], assertionMethod: [id]
  };
}
