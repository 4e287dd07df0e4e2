// Package show is how results look: what a terminal is and can do, text that nothing in it can misuse, lists, Markdown and
// JSON, and lines that are drawn in place.
//
// It knows nothing of ECS. Start with [Clean], through which everything from outside goes, and [Listing], which every list
// of ours is; [Screen] is for what moves.
package show
