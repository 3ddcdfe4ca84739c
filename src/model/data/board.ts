/** Options of the board's Status. */
export const BOARD_COLUMNS = ['Backlog', 'Assigned', 'In Progress', 'Review', 'Blocked', 'Done'] as const
