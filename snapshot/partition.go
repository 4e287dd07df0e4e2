package snapshot

import (
	"fmt"
	"strings"
)

// partitions are AWS's, by what the names of their regions begin with; all other regions are in aws.
var partitions = []struct{ prefix, name string }{
	{"cn-", "aws-cn"}, {"us-gov-", "aws-us-gov"}, {"us-iso-", "aws-iso"}, {"us-isob-", "aws-iso-b"}, {"eu-isoe-", "aws-iso-e"},
	{"us-isof-", "aws-iso-f"}, {"eu-isof-", "aws-iso-f"}, {"eusc-", "aws-eusc"},
}

// CheckPartition refuses the partition and region of an ARN that cannot be of one place: arn:aws-cn:ecs:eu-west-1.
func CheckPartition(partition, region string) error {
	want := "aws"
	for _, p := range partitions {
		if strings.HasPrefix(region, p.prefix) {
			want = p.name
		}
	}
	if partition == want {
		return nil
	}
	return fmt.Errorf("region %q is in partition %q, not in %q", brief(region), want, brief(partition))
}
