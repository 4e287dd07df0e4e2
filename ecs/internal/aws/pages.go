package aws

import awssdk "github.com/aws/aws-sdk-go-v2/aws"

// turning sees to it that the pages of a list end.
type turning struct {
	operation string
	seen      map[string]bool
}

// next takes the token of the page that follows. One that was there before leads round in a circle.
func (t *turning) next(token *string) error {
	text := awssdk.ToString(token)
	if text == "" {
		return nil
	}
	if t.seen == nil {
		t.seen = map[string]bool{}
	}
	if t.seen[text] {
		return &OddAnswerError{t.operation, "end: it names the same next page again and again"}
	}
	t.seen[text] = true
	return nil
}
