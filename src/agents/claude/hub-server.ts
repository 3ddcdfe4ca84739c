/** Kind of the posts to a pane's mailbox by which its client uses the tools of the hub. */
export const HUB_TOOLS = 'HubTools'

/** The name of the server in clients: their names of its tools begin with it. */
const NAME = 'clambake'
/** How long the host holds such a post: longer than the hub waits for a lock, so that its own words arrive. */
const HELD = '30s'

/**
 * The hub as an MCP server for Claude Code: the pane's mailbox, which a sandbox and a container reach too, where neither the
 * hub's database nor this program is. The client fills its variables in, so no secret is in a command line. Its few tools
 * are always shown to the model, as it would not search for a way to ask others.
 */
export const HUB_SERVER = JSON.stringify({
  mcpServers: {
    [NAME]: {
      type: 'http',
      url: `\${CLAMBAKE_MAILBOX_URL}/${HUB_TOOLS}?reply=${HELD}`,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in
      headers: {Authorization: 'Bearer ${CLAMBAKE_MAILBOX_TOKEN}'},
      alwaysLoad: true,
    },
  },
})

/** Its tools ask nobody: they speak to other sessions, which is what they are for, and change no file. */
export const HUB_PERMISSION = `mcp__${NAME}__*`
