import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/**
 * One field of each bid changed, exactly once: `java BidMap INPUT OUTPUT SCHEMA SCHEMA_ID KEY=VALUE...`, the last being settings of
 * Kafka Streams. Values are Avro behind the Confluent prefix, as its serdes write them, which are not on Maven Central: their cache of
 * schemas and the checks of subjects are left out here, in favour of this program.
 */
public final class BidMap {
  private static final int PREFIX = 5;

  public static void main(String[] args) throws Exception {
    Schema schema = new Schema.Parser().parse(args[2]);
    int id = Integer.parseInt(args[3]);
    Properties settings = new Properties();
    for (int i = 4; i < args.length; i++) {
      int at = args[i].indexOf('=');
      settings.put(args[i].substring(0, at), args[i].substring(at + 1));
    }
    int price = schema.getField("price").pos();
    // Each task has a serde's parts to itself: a Serde of Streams is used by one thread, and there is one.
    Serde<GenericRecord> bids = Serdes.serdeFrom(new BidSerializer(schema, id), new BidDeserializer(schema));
    StreamsBuilder builder = new StreamsBuilder();
    builder
        .stream(args[0], Consumed.with(Serdes.ByteArray(), bids))
        .mapValues(
            bid -> {
              if (bid != null) bid.put(price, Math.round((long) bid.get(price) * 0.908));
              return bid;
            })
        .to(args[1], Produced.with(Serdes.ByteArray(), bids));
    KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    CountDownLatch ended = new CountDownLatch(1);
    streams.setUncaughtExceptionHandler(
        cause -> {
          cause.printStackTrace();
          ended.countDown();
          return org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse
              .SHUTDOWN_CLIENT;
        });
    streams.start();
    ended.await();
    System.exit(1);
  }

  private static final class BidDeserializer implements Deserializer<GenericRecord> {
    private final GenericDatumReader<GenericRecord> reader;
    private BinaryDecoder decoder;

    BidDeserializer(Schema schema) {
      GenericData data = new GenericData();
      data.setFastReaderEnabled(true);
      reader = new GenericDatumReader<>(schema, schema, data);
    }

    @Override
    public GenericRecord deserialize(String topic, byte[] bytes) {
      if (bytes == null) return null;
      decoder = DecoderFactory.get().binaryDecoder(bytes, PREFIX, bytes.length - PREFIX, decoder);
      try {
        return reader.read(null, decoder);
      } catch (IOException cause) {
        throw new UncheckedIOException(cause);
      }
    }
  }

  private static final class BidSerializer implements Serializer<GenericRecord> {
    private final GenericDatumWriter<GenericRecord> writer;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private final int id;
    private BinaryEncoder encoder;

    BidSerializer(Schema schema, int id) {
      writer = new GenericDatumWriter<>(schema);
      this.id = id;
    }

    @Override
    public byte[] serialize(String topic, GenericRecord bid) {
      if (bid == null) return null;
      bytes.reset();
      bytes.write(0);
      for (int shift = 24; shift >= 0; shift -= 8) bytes.write(id >>> shift);
      encoder = EncoderFactory.get().directBinaryEncoder(bytes, encoder);
      try {
        writer.write(bid, encoder);
        encoder.flush();
      } catch (IOException cause) {
        throw new UncheckedIOException(cause);
      }
      return bytes.toByteArray();
    }
  }
}
