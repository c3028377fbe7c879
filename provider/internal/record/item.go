package record

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/crossdr/crossdr/provider/internal/failover"
)

// The attributes of an item. Those that others have put there are kept.
const (
	// attributeID is the partition key.
	attributeID = "id"

	// attributeEpoch is the number that writes are conditional on.
	attributeEpoch = "epoch"

	// attributeState is the decision in force and those before it, as JSON. It
	// is what is believed.
	attributeState = "state"

	// attributeSummary is a sentence for whoever looks at the table.
	attributeSummary = "summary"
)

type item = map[string]types.AttributeValue

// key returns the key of an item.
func key(id string) item {
	return item{attributeID: &types.AttributeValueMemberS{Value: id}}
}

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// encode returns the attributes that say a state.
func encode(id string, s failover.State) (item, error) {
	text, err := s.Encode()
	if err != nil {
		return nil, err
	}

	return item{
		attributeID:      &types.AttributeValueMemberS{Value: id},
		attributeEpoch:   number(s.Epoch),
		attributeState:   &types.AttributeValueMemberS{Value: text},
		attributeSummary: &types.AttributeValueMemberS{Value: s.Describe()},
	}, nil
}

// decode returns the state that an item says, which is none if there is no
// item. One that is there and says none is at fault: somebody has changed it.
func decode(i item) (failover.State, error) {
	if len(i) == 0 {
		return failover.State{}, nil
	}

	epoch, ok := i[attributeEpoch].(*types.AttributeValueMemberN)
	if !ok {
		return failover.State{}, errors.New("it has no number epoch")
	}

	text, ok := i[attributeState].(*types.AttributeValueMemberS)
	if !ok || text.Value == "" {
		return failover.State{}, errors.New("it has no text state")
	}

	s, err := failover.DecodeState(text.Value)
	if err != nil {
		return failover.State{}, err
	}

	if epoch.Value != strconv.FormatInt(s.Epoch, 10) {
		return failover.State{}, fmt.Errorf("its epoch is %s, and its state is of epoch %d", epoch.Value, s.Epoch)
	}

	return s, nil
}
