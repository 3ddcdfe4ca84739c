import {messageOf} from '../../base/errors.ts'
import {TroubleError} from '../trouble.ts'

/** What is wrong with a certificate, in the words of OpenSSL and Node. */
const UNTRUSTED = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
])

/** Says of an error that a person has to mend what it means and what to do; any other error is given back. */
export function explained(error: unknown): unknown {
  const {code, path} = (error instanceof Error ? error : {}) as {code?: unknown; path?: unknown}
  if (typeof code !== 'string') return error
  const text = messageOf(error)
  if (UNTRUSTED.has(code)) {
    return trouble(
      `the server's certificate is not signed by the authority that is trusted (${text}); nothing was sent to it. ` +
        'Name the right one: sslrootcert=/path/to/ca.pem in the address of the hub',
    )
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return trouble(
      `the server's certificate is for another name (${text}); nothing was sent to it. ` +
        'Use the name that the certificate has in the address of the hub',
    )
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return trouble(`the server's certificate is not valid now (${text}); nothing was sent to it. Renew it there`)
  }
  if (code === 'ENOENT' && typeof path === 'string') {
    return trouble(`${path} is not there: sslrootcert, sslcert and sslkey in the address of the hub name files`)
  }
  return error
}

/** Whether the server refused because the role lacks a right. */
export function lacksRight(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42501'
}

/** A role that may only use the tables met a database that lacks some of them. */
export function mustBeMigrated(error: unknown): TroubleError {
  return trouble(
    `the hub's tables are missing or older than this program, and this role may not make them (${messageOf(error)}). ` +
      'Run clambake doctor once with the address of the role that owns the schema: CLAMBAKE_DATABASE_URL=… clambake doctor',
  )
}

function trouble(message: string): TroubleError {
  return new TroubleError('unavailable', message)
}
