// Package dist tests what a release consists of, and the script that installs it.
package dist
