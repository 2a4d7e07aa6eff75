// The environment of Digital Bazaar's library: only the given documents and did:key, no network.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as ecdsaJcs from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import {cryptosuite as ecdsaRdfc} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as ecdsaSd from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as eddsaJcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as eddsaRdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';

const DID_KEY = /^did:key:(z(?:6Mk|Dn|82)[1-9A-HJ-NP-Za-km-z]+)(#.*)?$/;

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

/**
 * The suite that signs at `created` with `key`: a 32-byte `seed` (hex) of Ed25519, or the multikeys of an ECDSA key. The
 * signer is the key's did:key. With selective disclosure, `mandatory` are JSON pointers to what must be shown.
 */
export async function signer(cryptosuite, {seed, ...multikeys}, created, mandatory = []) {
  const key = seed ? await Ed25519Multikey.generate({seed: Buffer.from(seed, 'hex')}) : await EcdsaMultikey.from(
    {'@context': 'https://w3id.org/security/multikey/v1', type: 'Multikey', ...multikeys});
  key.controller = `did:key:${key.publicKeyMultibase ?? multikeys.publicKeyMultibase}`;
  key.id = `${key.controller}#${key.controller.slice('did:key:'.length)}`;
  return {
    did: key.controller,
    suite: new DataIntegrityProof({
      signer: key.signer(), date: created,
      cryptosuite: suite(cryptosuite, 'createSignCryptosuite', {mandatoryPointers: mandatory})
    })
  };
}

/** The suite by which a holder shows only what the JSON pointers `selected` name, and what must be shown. */
export function discloser(selected) {
  return new DataIntegrityProof({cryptosuite: ecdsaSd.createDiscloseCryptosuite({selectivePointers: selected})});
}

function suite(name, role, options) {
  switch(name) {
    case 'eddsa-rdfc-2022': return eddsaRdfc;
    case 'eddsa-jcs-2022': return eddsaJcs[role]();
    case 'ecdsa-rdfc-2019': return ecdsaRdfc;
    case 'ecdsa-jcs-2019': return ecdsaJcs[role]();
    case 'ecdsa-sd-2023': return ecdsaSd[role](options);
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
