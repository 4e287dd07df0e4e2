package ecstest

import (
	"reflect"
	"testing"
)

func TestExpand(t *testing.T) {
	for _, test := range []struct {
		words []string
		want  [][]string
	}{
		{[]string{"deploy", "prod/web"}, [][]string{{"deploy", "prod/web"}}},
		{[]string{"deploy", "prod/{web,api}", "1"}, [][]string{{"deploy", "prod/web", "1"}, {"deploy", "prod/api", "1"}}},
		{[]string{"a{08..10}b", "{1..3}-{x,y,z}"}, [][]string{{"a08b", "1-x"}, {"a09b", "2-y"}, {"a10b", "3-z"}}},
		{[]string{`json={"ipcMode":"host"}`}, [][]string{{`json={"ipcMode":"host"}`}}},
	} {
		if got, err := expand(test.words); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q: got %q, %v, want %q", test.words, got, err, test.want)
		}
	}
}
