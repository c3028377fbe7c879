package catalog

import "time"

// applications is queues, topics and brokers. Times are estimates.
func applications() []row {
	return []row{
		{
			service: "sqs", kind: "Queue", terraform: "aws_sqs_queue",
			// A FIFO queue's name ends in ".fifo": a derived name must keep it.
			identity:  "name",
			immutable: []string{"fifo_queue"},
			readyIn:   2 * time.Minute,
		},
		{
			service: "sns", kind: "Topic", terraform: "aws_sns_topic",
			immutable: []string{"fifo_topic"},
			readyIn:   time.Minute,
		},
		{
			service: "mq", kind: "Broker", terraform: "aws_mq_broker",
			// 50: API brokers, brokerName.
			identity: "broker_name", nameLimit: 50,
			class: "host_instance_type",
			immutable: []string{
				"data_replication_primary_broker_arn", "deployment_mode", "encryption_options", "engine_type",
				"ldap_server_metadata", "publicly_accessible", "subnet_ids",
			},
			readyIn: 30 * time.Minute,
		},
	}
}
