package ecs

import (
	"testing"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// Of identical definitions, a copy of one is one of all: the same command again does not go on to what was left.
var twinHistories = []history{
	{
		name: "the version before has a twin", story: `
			cluster prod
			register web app=web:v1 cpu=256
			register web app=web:v1 cpu=256
			register web app=web:v1 cpu=512
			service prod/web desired=1
			deploy prod/web 1 2 3
			deregister web:1
			deregister web:2`,
		action: past.Undo, want: "web:2", writes: copied, ends: "web:4",
	}, {
		name: "an environment value that went a, b, a, c", story: `
			cluster prod
			register web app=web:v1 env.LEVEL=a
			register web app=web:v1 env.LEVEL=b
			register web app=web:v1 env.LEVEL=a
			register web app=web:v1 env.LEVEL=c
			service prod/web desired=1
			deploy prod/web 1 2 3 4
			deregister web:1
			deregister web:3`,
		action: past.Undo, want: "web:3", writes: copied, ends: "web:5",
	}, {
		name: "twins on latest, whose next build is there already", story: `
			cluster prod
			push web:latest a1
			register web app=web:latest cpu=256
			register web app=web:latest cpu=256
			register web app=web:latest cpu=512
			service prod/web desired=1
			deploy prod/web 1 2 3
			push web:latest a2`,
		action: past.Undo, want: "web:2", writes: copied, ends: "web:4",
	}, {
		name: "the code of the one before the bad one, registered anew, is no return", story: `
			cluster prod
			push web:latest a
			register web app=web:latest env.M=x
			register web app=web:latest env.M=y
			service prod/web desired=1
			deploy prod/web 1
			push web:latest b
			deploy prod/web 2
			register web app=web:latest env.M=x
			deploy prod/web 3
			push web:latest c
			register web app=web:latest env.M=z
			deploy prod/web 4`,
		action: past.Undo, want: "web:3", writes: copied, ends: "web:5",
	},
}

func TestTwins(t *testing.T) {
	for _, h := range twinHistories {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			h.run(t)
		})
	}
}
