/** Stands in for react-devtools-core, which Ink imports as a default and calls only when a developer asks for it. */
export default {initialize() {}, connectToDevTools() {}}
