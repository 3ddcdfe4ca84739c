/** The server's own code of an error (five characters); undefined: it is not from the server. */
function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code) ? code : undefined
}

/** Whether the connection is of no use any more: it broke, the server ends it, or what it leads to takes no writes by now. */
export function isConnectionError(error: unknown): boolean {
  const state = sqlState(error)
  return state === undefined || state.startsWith('08') || state.startsWith('57P') || state === '25006'
}

/** Whether the server ended a statement that took or waited for too long. */
export function isTimeUp(error: unknown): boolean {
  return ['55P03', '57014'].includes(sqlState(error) ?? '')
}

/** Whether the same statement may succeed at once: after a broken connection, or when two transactions met. */
export function isRepeatable(error: unknown): boolean {
  return isConnectionError(error) || ['40001', '40P01'].includes(sqlState(error) ?? '')
}
